BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    if (Test-Maker) { $bench = Get-BuiltBench }
    Push-Location $TestDrive
}

AfterAll { Pop-Location }

Describe 'Build-BaseImage' -Skip:$lacksMaker {
    It 'writes the image to the store where no destination is given' {
        $bench.Built | Should -BeOfType ([BaseImage.ContainerImage])
        $bench.Built.Reference | Should -BeLike 'store:small@sha256:*'
        (Get-BaseImage store:small).Digest | Should -Be $bench.Built.Digest
    }

    It 'builds nothing under -WhatIf' {
        Build-BaseImage $bench.Project oci:./nothing -Mirror $bench.Mirror -Offline -WhatIf | Should -BeNullOrEmpty
        Test-Path ./nothing | Should -BeFalse
    }

    It 'gives the same digest again, in several places at once' {
        $image = Build-BaseImage $bench.Project oci:./layout, oci-archive:./image.tar, docker-archive:./docker.tar -Mirror $bench.Mirror -Offline -Tag v1
        $image.Digest | Should -Be $bench.Built.Digest
        (Get-BaseImage oci:./layout:v1).Digest | Should -Be $image.Digest
        (Get-BaseImage oci-archive:./image.tar).Digest | Should -Be $image.Digest
        (Get-BaseImage docker-archive:./docker.tar).ImageId | Should -Be $image.ImageId
    }

    It 'takes definitions from the pipeline, objects and files alike' {
        (Get-BaseImageDefinition $bench.Project | Build-BaseImage -Mirror $bench.Mirror -Offline).Digest | Should -Be $bench.Built.Digest
        (Get-ChildItem $bench.Project -Filter *.image.psd1 | Build-BaseImage -Mirror $bench.Mirror -Offline).Digest | Should -Be $bench.Built.Digest
    }

    It 'resolves destinations through the location of the session' {
        New-Item -ItemType Directory ./deeper | Out-Null
        Push-Location ./deeper
        try { Build-BaseImage $bench.Project oci:./here -Mirror $bench.Mirror -Offline | Out-Null } finally { Pop-Location }
        Test-Path ./deeper/here/index.json | Should -BeTrue
    }

    It 'compresses with zstd when asked, and takes an epoch' {
        $image = Build-BaseImage $bench.Project oci:./zstd -Mirror $bench.Mirror -Offline -Compression Zstd -SourceDateEpoch 1700000000
        $image.Digest | Should -Not -Be $bench.Built.Digest
        $image.Created.ToUnixTimeSeconds() | Should -Be 1700000000
    }

    It 'says that a lock is missing, and how to make one' {
        New-SmallDefinition ./bare | Out-Null
        $failure = (Get-Failure { Build-BaseImage ./bare })[0]
        Assert-Failure $failure LockNotFound ObjectNotFound
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Update-BaseImageLock*'
    }

    It 'refuses a platform that is not locked, and one that is none' {
        (Get-Failure { Build-BaseImage $bench.Project -Platform linux/arm64 -Mirror $bench.Mirror -Offline })[0].FullyQualifiedErrorId | Should -BeLike 'PlatformNotLocked,*'
        { Build-BaseImage $bench.Project -Platform amd64 } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }

    It 'refuses a destination that is none before it builds' {
        $failure = (Get-Failure { Build-BaseImage $bench.Project -Destination ./folder -Mirror $bench.Mirror -Offline })[0]
        Assert-Failure $failure ImageReferenceInvalid InvalidArgument
    }

    It 'completes platforms' {
        (Get-Completion 'Build-BaseImage . -Platform linux/a').CompletionText | Should -Be @('linux/amd64', 'linux/arm64')
    }
}
