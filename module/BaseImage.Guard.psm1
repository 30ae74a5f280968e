# Two builds of BaseImage cannot live in one process: .NET loads an assembly of a name once and for all. The first line is
# all that most sessions run; asking for one type by name costs a tenth of walking the loaded assemblies.
$loaded = 'BaseImage.Digest' -as [type]

function AssertSameBuild([System.Reflection.Assembly] $core) {
    $folder = [System.IO.Path]::GetDirectoryName($core.Location)
    $own = [System.IO.Path]::Combine($PSScriptRoot, 'bin')
    if ($folder -ceq $own) {
        return
    }

    $same = $true
    foreach ($file in 'BaseImage.Core.dll', 'BaseImage.Cmdlets.dll') {
        $theirs = [System.IO.Path]::Combine($folder, $file)
        $ours = [System.IO.Path]::Combine($own, $file)
        $same = $same -and [System.IO.File]::Exists($theirs) -and
            [System.Linq.Enumerable]::SequenceEqual([byte[]][System.IO.File]::ReadAllBytes($theirs), [byte[]][System.IO.File]::ReadAllBytes($ours))
    }

    # A copy of the very same build in another folder is the same module: the one that is loaded serves both.
    if ($same) {
        return
    }

    $version = [System.Reflection.AssemblyName]::GetAssemblyName([System.IO.Path]::Combine($own, 'BaseImage.Core.dll')).Version
    $exception = [System.InvalidOperationException]::new(
        "BaseImage $version cannot be imported from '$own': this session already has BaseImage $($core.GetName().Version) from '$($core.Location)'.")
    $record = [System.Management.Automation.ErrorRecord]::new($exception, 'OtherVersionLoaded', 'InvalidOperation', 'BaseImage')
    $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($exception.Message)
    $record.ErrorDetails.RecommendedAction = 'Start a new session and import one version of BaseImage there.'
    throw $record
}

if ($loaded) {
    AssertSameBuild $loaded.Assembly
}

Export-ModuleMember
