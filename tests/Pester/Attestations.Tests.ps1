BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = if (Test-Maker) { Get-BuiltBench } else { Get-Bench }
    # Of its own: what a Describe adds to TestDrive is gone when it ends, and these look at one image.
    $folder = Join-Path ([IO.Path]::GetTempPath()) "baseimage-attestations-$([guid]::NewGuid().ToString('N'))"
    New-Item -ItemType Directory $folder | Out-Null
    Push-Location $folder
    foreach ($name in 'mine', 'other') {
        $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve]::CreateFromFriendlyName('nistP256'))
        Set-Content "$name.pem" $key.ExportPkcs8PrivateKeyPem()
        Set-Content "$name.pub" $key.ExportSubjectPublicKeyInfoPem()
    }

    if (Test-Maker) {
        Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination "oci:$(Join-Path $folder 'image')" -Confirm:$false | Out-Null
    }

    $image = "oci:$(Join-Path $folder 'image')"
    $builder = 'https://ci.example.org/runner'
}

AfterAll {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}

Describe 'Add-BaseImageAttestation' -Skip:$lacksMaker {
    It 'writes nothing under -WhatIf' {
        Add-BaseImageAttestation $image -Sbom Spdx -KeyPath mine.pem -WhatIf | Should -BeNullOrEmpty
        Get-BaseImageAttestation $image | Should -BeNullOrEmpty
    }

    It 'states how the image was built and what is inside, and both are verified' {
        $made = Add-BaseImageAttestation $image -Definition $bench.Project -BuilderId $builder -Sbom Spdx, CycloneDx -KeyPath mine.pem
        $made | Should -BeOfType ([BaseImage.ImageAttestation])
        $made[0].BuilderId | Should -Be $builder
        ($made[0].Materials | Where-Object IsPinned -EQ $false) | Should -BeNullOrEmpty
        $found = Get-BaseImage $image | Test-BaseImageAttestation -PublicKey mine.pub -BuilderId $builder -RequirePinned -PredicateType Provenance, Spdx, CycloneDx
        $found.Status | Should -Be Trusted, Trusted, Trusted
        Test-BaseImageAttestation $image -PublicKey mine.pub -Quiet | Should -BeExactly $true
        (Get-BaseImageAttestation $image Provenance).PredicateType | Should -Be 'https://slsa.dev/provenance/v1'
    }

    It 'says what is missing' {
        { Add-BaseImageAttestation $image -Sbom Spdx -ErrorAction Stop } | Should -Throw -ErrorId 'AttestationNotPossible,*'
        { Add-BaseImageAttestation $image -KeyPath mine.pem -ErrorAction Stop } | Should -Throw -ErrorId 'AttestationNotPossible,*'
        { Add-BaseImageAttestation $image -KeyPath mine.pem -Definition $bench.Project -ErrorAction Stop } | Should -Throw -ErrorId 'AttestationNotPossible,*'
    }
}

Describe 'Get-BaseImageAttestation' -Skip:$lacksMaker {
    It 'lists what is beside an image and nothing of it is verified' {
        $found = Get-BaseImageAttestation $image
        $found.PredicateType | Should -Contain 'https://cyclonedx.org/bom'
        (Get-BaseImageAttestation $image Spdx).Predicate | ConvertFrom-Json | ForEach-Object spdxVersion | Should -Be 'SPDX-2.3'
        Get-BaseImageAttestation $image 'https://else.example.org/*' | Should -BeNullOrEmpty
    }
}

Describe 'Test-BaseImageAttestation' -Skip:$lacksMaker {
    It 'says that there is none, and -Quiet does not look true' {
        (Test-BaseImageAttestation store:small -PublicKey mine.pub).Status | Should -Be NotAttested
        Test-BaseImageAttestation store:small -PublicKey mine.pub -Quiet -WarningAction SilentlyContinue | Should -BeExactly $false
    }

    It 'says what is in the way' {
        (Test-BaseImageAttestation $image -PublicKey other.pub).Status | Should -Be UntrustedKey
        (Test-BaseImageAttestation $image -PublicKey mine.pub -BuilderId 'https://else.example.org').Status | Should -Be BuilderMismatch
        (Test-BaseImageAttestation $image -PublicKey mine.pub -Source '*').Status | Should -Be SourceMismatch
    }

    It 'does not trust by half of the keys that were named' {
        Test-BaseImageAttestation $image -PublicKey mine.pub, missing.pub -Quiet -ErrorAction SilentlyContinue -ErrorVariable failures | Should -BeExactly $false
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }
}
