BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
    $samples = @(
        @{ Type = 'ContainerImage'; Code = { Get-BaseImage store:small } }
        @{ Type = 'ImageFile'; Code = { Get-BaseImageFile store:small } }
        @{ Type = 'ImagePackage'; Code = { Get-BaseImagePackage store:small } }
        @{ Type = 'ImageDefinition'; Code = { Get-BaseImageDefinition $bench.Project } }
        @{ Type = 'ImageLock'; Code = { Get-BaseImageLock $bench.Project } }
        @{ Type = 'LockResult'; Code = { Test-BaseImageLock $bench.Project -Mirror $bench.Mirror -Offline } }
        @{ Type = 'LockChange'; Code = { Get-BaseImageUpdate $fresh -Mirror $bench.Mirror -Offline } }
        @{ Type = 'AuditResult'; Code = { Test-BaseImage store:small } }
        @{ Type = 'AuditFinding'; Code = { (Test-BaseImage store:small).Findings } }
        @{ Type = 'AuditRule'; Code = { Get-BaseImageRule } }
        @{ Type = 'AttackSurface'; Code = { Measure-BaseImage store:small } }
        @{ Type = 'DockerfileChange'; Code = { Set-Content ./unpinned.Dockerfile "FROM scratch`nADD git@example.org:r.git /r"; Update-BaseImageDockerfile ./unpinned.Dockerfile } }
        @{ Type = 'ReproducibilityResult'; Code = { Test-BaseImageReproducibility $bench.Project -Mirror $bench.Mirror -Offline -Vary Locale } }
        @{ Type = 'ImageComparison'; Code = { Compare-BaseImage store:small $other } }
        @{ Type = 'ImageDifference'; Code = { (Compare-BaseImage store:small $other).Differences } }
        @{ Type = 'OptimizationResult'; Code = { Optimize-BaseImage store:small -WhatIf } }
        @{ Type = 'RemovedItem'; Code = { (Optimize-BaseImage store:small -WhatIf).Removed } }
        @{ Type = 'KeptItem'; Code = { (Optimize-BaseImage store:small -WhatIf).Kept } }
        @{ Type = 'ImageSignature'; Code = { Get-BaseImageSignature $signed } }
        @{ Type = 'SignatureResult'; Code = { Test-BaseImageSignature $signed -PublicKey $signer.Public } }
        @{ Type = 'SignatureVerdict'; Code = { (Test-BaseImageSignature $signed -PublicKey $signer.Public).Signatures } }
        @{ Type = 'SignatureCheck'; Code = { (Test-BaseImageSignature $signed -PublicKey $signer.Public).Signatures[0].Checks } }
        @{ Type = 'ImageAttestation'; Code = { Add-BaseImageAttestation $signed -Sbom CycloneDx -KeyPath $signer.Pem } }
        @{ Type = 'AttestationResult'; Code = { Test-BaseImageAttestation store:small -PublicKey $signer.Public } }
        @{ Type = 'PublishedImage'; Code = { Copy-BaseImage store:small "oci:$(Join-Path $TestDrive copied)" } }
        @{ Type = 'CacheEntry'; Code = { Get-BaseImageCache } }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    if (Test-Maker) { $bench = Get-BuiltBench }
    Push-Location $TestDrive
    $fresh = Join-Path $TestDrive 'fresh'
    New-SmallDefinition $fresh | Out-Null
    $other = "oci:$(Join-Path $TestDrive 'other')"
    if (Test-Maker) { Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination $other -SourceDateEpoch 1000000000 -Confirm:$false | Out-Null }
    $signer = New-Signer (Join-Path $TestDrive 'keys')
    $signed = "oci:$(Join-Path $TestDrive 'signed')"
    if (Test-Maker) { Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination $signed | Add-BaseImageSignature -KeyPath $signer.Pem | Out-Null }
}

AfterAll { Pop-Location }

Describe 'Output of <Type>' -ForEach $samples -Skip:$lacksMaker {
    BeforeAll { $objects = @(& $Code) }

    It 'is of its type, and its type is public and documented by a view' {
        $objects.Count | Should -BeGreaterThan 0
        $objects[0].GetType().FullName | Should -Be "BaseImage.$Type"
        @((Get-FormatData -TypeName "BaseImage.$Type").FormatViewDefinition.Control | ForEach-Object { $_.GetType().Name }) | Should -Contain 'TableControl'
    }

    It 'leaves no name of a type in a CSV' {
        $csv = $objects | ConvertTo-Csv
        ($csv | Where-Object { $_ -match '"(System|BaseImage)\.[A-Za-z.]+(\[\]|`\d.*)?"' }) | Should -BeNullOrEmpty
    }

    It 'prints as a table and as a list, without names of types or codes' {
        $table = $objects | Format-Table | Out-String -Width 120
        $list = $objects | Select-Object -First 3 | Format-List | Out-String -Width 120
        foreach ($text in $table, $list) {
            $text.Trim() | Should -Not -BeNullOrEmpty
            $text | Should -Not -Match 'System\.[A-Z]|BaseImage\.[A-Z][A-Za-z]+\b(?!\.)'
        }
    }

    It 'has every property in its list that the table has as a plain one' {
        $names = @(Get-FormatData -TypeName "BaseImage.$Type").FormatViewDefinition.Control |
            Where-Object { $_.GetType().Name -eq 'TableControl' } |
            ForEach-Object { $_.Rows.Columns.DisplayEntry } | Where-Object ValueType -EQ Property | ForEach-Object Value
        $own = $objects[0].PSObject.Properties.Name
        $names | Where-Object { $_ -notin $own } | Should -BeNullOrEmpty
    }
}

Describe 'Every public output' {
    It 'is among the samples above' {
        $known = $samples
        $declared = (Get-Command -Module BaseImage).OutputType.Type | Where-Object { $_.Namespace -eq 'BaseImage' } | Sort-Object FullName -Unique
        $source = Get-Content $PSCommandPath -Raw
        foreach ($type in $declared) { $source | Should -BeLike "*Type = '$($type.Name)'*" -Because "$type is written by a cmdlet" }
    }
}
