<#
.SYNOPSIS
Makes an image smaller, proves that it still starts, and shows what went: needs Docker or Podman.

.EXAMPLE
./examples/optimize.ps1 -Image web:latest -Keep '/usr/bin/curl'
#>
[CmdletBinding()]
param(
    # The image, in skopeo's notation; a plain name means the engine's.
    [Parameter(Mandatory)]
    [string] $Image,

    # Paths that stay, with all that they need.
    [string[]] $Keep = @()
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module BaseImage)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'BaseImage.psd1'))
}

$options = @{}
if ($Keep) { $options.Keep = $Keep }
$result = Optimize-BaseImage -Image $Image -Load -Tag small @options
Write-Host "$($result.SavedPercent) % less. $($result.Proof)"
foreach ($item in $result.Removed) { Write-Host ('{0,12:N0} bytes  {1}' -f $item.Bytes, $item) }
foreach ($warning in $result.Warnings) { Write-Host "Look at this: $warning" }
Write-Host "It is $($result.Reference)"
