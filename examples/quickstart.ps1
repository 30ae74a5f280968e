<#
.SYNOPSIS
From a definition to a locked, reproducible and audited image, on a bare machine: no engine, no root.

.DESCRIPTION
Copies the `debian-static` example to a work folder, locks it afresh against this machine's package mirror, builds it
twice from empty caches, shows that both digests are the same, audits the image and writes the audit as CSV.
Nothing outside the work folder changes.

.EXAMPLE
./examples/quickstart.ps1
#>
[CmdletBinding()]
param(
    # Where everything goes; a new folder under the temporary folder by default.
    [string] $WorkPath = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'baseimage-quickstart-' + [guid]::NewGuid().ToString('N').Substring(0, 8))
)

$ErrorActionPreference = 'Stop'
$checkout = [IO.Path]::GetDirectoryName($PSScriptRoot)
if (-not (Get-Module BaseImage)) {
    Import-Module ([IO.Path]::Combine($checkout, 'BaseImage.psd1'))
}

# Plain .NET for files: the Console has PowerShell's engine without its Management module.
$project = [IO.Path]::Combine($WorkPath, 'debian-static')
$null = [IO.Directory]::CreateDirectory([IO.Path]::Combine($project, 'shared'))
foreach ($name in 'debian-static.image.psd1', 'policy.psd1', 'shared/hardened.psd1') {
    [IO.File]::Copy([IO.Path]::Combine($PSScriptRoot, 'debian-static', $name), [IO.Path]::Combine($project, $name), $true)
}

$saved = $env:BASEIMAGE_CACHE
try {
    Write-Host '1. Lock: signed indexes -> exact packages'
    $env:BASEIMAGE_CACHE = [IO.Path]::Combine($WorkPath, 'cache-1')
    $asOf = @{}
    $changes = $null
    while ($null -eq $changes) {
        try {
            $changes = @(Update-BaseImageLock -Path $project @asOf)
        }
        catch {
            # A frozen mirror is not the reader's error: judge its indexes when they were valid, and say so. Each turn goes
            # back to an earlier time, so it ends.
            $validUntil = $_.Exception.ValidUntil
            if ($_.FullyQualifiedErrorId -notlike 'ReleaseExpired*' -or ($asOf.AsOf -and $validUntil -ge $asOf.AsOf)) { throw }
            $PSCmdlet.WriteWarning("This mirror is frozen; its indexes are judged as of $validUntil.")
            $asOf = @{ AsOf = $validUntil }
        }
    }
    foreach ($change in $changes) {
        Write-Host "   $($change.Platform)  $($change.Package) $($change.NewVersion)  $($change.Reason)"
    }

    Write-Host '2. Build it, twice, each time from an empty cache'
    $first = Build-BaseImage -Path $project -Destination "oci:$WorkPath/first"
    Write-Host "   first   $($first.Digest)"
    $env:BASEIMAGE_CACHE = [IO.Path]::Combine($WorkPath, 'cache-2')
    $second = Build-BaseImage -Path $project -Destination "oci:$WorkPath/second"
    Write-Host "   second  $($second.Digest)"
    if ($first.Digest -ne $second.Digest) {
        throw 'The two digests differ: the build is not reproducible on this machine. Please report it with both folders.'
    }
    Write-Host '   The same digest.'

    Write-Host '3. Audit it'
    $audit = $second | Test-BaseImage -Policy ([IO.Path]::Combine($project, 'policy.psd1'))
    $csv = [IO.Path]::Combine($WorkPath, 'audit.csv')
    $audit | Export-Csv -Path $csv
    $counts = @{}
    foreach ($result in $audit) { $counts["$($result.Status)"]++ }
    Write-Host ('   ' + (($counts.Keys | Sort-Object | ForEach-Object { "$($counts[$_]) $_" }) -join ', '))

    Write-Host 'Everything is here:'
    Write-Host "   definition  $([IO.Path]::Combine($project, 'debian-static.image.psd1'))"
    Write-Host "   lock        $([IO.Path]::Combine($project, 'debian-static.lock.json'))"
    Write-Host "   image       $($second.Reference)"
    Write-Host "   audit       $csv"
}
finally {
    $env:BASEIMAGE_CACHE = $saved
}
