# Two versions of BaseImage.Core cannot live in one process: PowerShell loads a module's assemblies once and for all.
$own = [System.Reflection.AssemblyName]::GetAssemblyName("$PSScriptRoot/bin/BaseImage.Core.dll").Version
foreach ($assembly in [System.AppDomain]::CurrentDomain.GetAssemblies()) {
    $name = $assembly.GetName()
    if ($name.Name -ceq 'BaseImage.Core' -and $name.Version -ne $own) {
        $exception = [System.InvalidOperationException]::new(
            "BaseImage $own cannot be imported: this session already has BaseImage.Core $($name.Version) from '$($assembly.Location)'.")
        $record = [System.Management.Automation.ErrorRecord]::new($exception, 'OtherVersionLoaded', 'InvalidOperation', 'BaseImage')
        $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($exception.Message)
        $record.ErrorDetails.RecommendedAction = 'Start a new session and import one version of BaseImage there.'
        throw $record
    }
}
Export-ModuleMember
