BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = if (Test-Maker) { Get-BuiltBench } else { Get-Bench }
    Push-Location $TestDrive
}

AfterAll { Pop-Location }

Describe 'Export-BaseImageSbom' -Skip:$lacksMaker {
    It 'writes both formats, to the same bytes a second time' {
        $files = Export-BaseImageSbom store:small -Path a.spdx.json, a.cdx.json
        $files | Should -BeOfType ([IO.FileInfo])
        $files | Should -HaveCount 2
        $spdx = Get-Content $files[0] -Raw | ConvertFrom-Json
        $spdx.spdxVersion | Should -Be 'SPDX-2.3'
        (Get-Content $files[1] -Raw | ConvertFrom-Json).specVersion | Should -Be '1.6'
        $again = Get-BaseImage store:small | Export-BaseImageSbom -Path b.spdx.json, b.cdx.json
        foreach ($i in 0, 1) {
            (Get-FileHash $again[$i]).Hash | Should -Be (Get-FileHash $files[$i]).Hash
        }
    }

    It 'has the packages of Get-BaseImagePackage' {
        $spdx = Get-Content (Export-BaseImageSbom store:small -Path p.spdx.json -PackageOnly) -Raw | ConvertFrom-Json
        $spdx.PSObject.Properties.Name | Should -Not -Contain files
        $named = $spdx.packages | Where-Object primaryPackagePurpose -In INSTALL, LIBRARY | ForEach-Object { $_.externalRefs[0].referenceLocator } | Sort-Object
        $named | Should -Be (Get-BaseImagePackage store:small | ForEach-Object PackageUrl | Sort-Object)
        $named | Should -Not -BeNullOrEmpty
    }

    It 'writes into a folder, named after the image' {
        (Export-BaseImageSbom store:small -Path ./out/ -Format Spdx, CycloneDx).Name | Should -Be small.spdx.json, small.cdx.json
    }

    It 'does not let one image replace the document of another' {
        $failures = @()
        'store:small', 'store:small' | Export-BaseImageSbom -Path one.spdx.json -ErrorVariable failures -ErrorAction SilentlyContinue | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'SbomPathTaken,*'
    }

    It 'passes images on, and writes nothing under -WhatIf' {
        (Get-BaseImage store:small | Export-BaseImageSbom -Path c.cdx.json -PassThru).Name | Should -Be small
        Export-BaseImageSbom store:small -Path never.spdx.json -WhatIf | Should -BeNullOrEmpty
        'never.spdx.json' | Should -Not -Exist
    }

    It 'says what endings there are' {
        { Export-BaseImageSbom store:small -Path x.json -ErrorAction Stop } | Should -Throw -ErrorId 'SbomFormatUnknown,*'
        (Export-BaseImageSbom store:small -Path x.json -Format CycloneDx).Name | Should -Be x.json
    }
}
