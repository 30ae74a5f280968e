<#
.SYNOPSIS
What is inside the images of the module's store: bills of materials in both formats, and the licences as a table.

.DESCRIPTION
Writes SPDX 2.3 and CycloneDX 1.6 of every image and platform into a folder, and a CSV of which package has which licence. Running
it again gives the same bytes, so that the folder can be kept under version control and reviewed like a lock.

.EXAMPLE
./examples/sbom.ps1 -DestinationPath ./sboms
#>
[CmdletBinding()]
param(
    # Where the documents go.
    [string] $DestinationPath = 'sboms',

    # The images; every one of the store where none is given.
    [string[]] $Image = @(Get-BaseImage | ForEach-Object Reference)
)

$ErrorActionPreference = 'Stop'
$Image | Export-BaseImageSbom -Path "$DestinationPath/" -Format Spdx, CycloneDx
$Image | Get-BaseImagePackage | Sort-Object Name | Select-Object Ecosystem, Name, Version, License, PackageUrl, Image |
    Export-Csv (Join-Path $DestinationPath 'licences.csv')
