#!/usr/bin/env pwsh
<#
.SYNOPSIS
The maintainer's door: build, test, help, package. A thin layer over dotnet; CI and contributors without PowerShell use dotnet itself.
.EXAMPLE
./build.ps1
Builds the solution and with it the module and its help.
.EXAMPLE
./build.ps1 Test
Builds, then runs the xunit projects and the Pester suite.
.EXAMPLE
./build.ps1 Package -Configuration Release
Writes artifacts/BaseImage with the module as it is published.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Help', 'Package')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'Help' {
            dotnet build module/BaseImage.Module.csproj -c $Configuration
        }
        default {
            # What is published is for every system: only the IL of it.
            dotnet build BaseImageCmdlets.sln -c $Configuration "-p:Precompile=$($Task -ne 'Package')".ToLowerInvariant()
        }
    }

    if ($Task -eq 'Test') {
        dotnet test BaseImageCmdlets.sln -c $Configuration --no-build
        & (Get-Process -Id $PID).Path -NoProfile -File tests/Pester/Invoke-Suite.ps1
    }

    if ($Task -eq 'Package') {
        $target = Join-Path artifacts BaseImage
        if (Test-Path $target) { Remove-Item $target -Recurse }
        New-Item -ItemType Directory (Join-Path $target module) | Out-Null
        Copy-Item BaseImage.psd1, LICENSE, README.md, CHANGELOG.md $target
        Copy-Item en-US $target -Recurse
        Get-ChildItem module | Where-Object Name -notin 'obj', 'help', 'packages.lock.json', 'BaseImage.Module.csproj' |
            Copy-Item -Destination (Join-Path $target module) -Recurse
        Test-ModuleManifest (Join-Path $target BaseImage.psd1)
    }
}
finally {
    Pop-Location
}
