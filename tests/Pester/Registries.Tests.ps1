BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacks = -not (Test-Maker) -or -not (Get-Command docker-registry -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    if ((Test-Maker) -and (Get-Command docker-registry -CommandType Application -ErrorAction Ignore)) {
        $bench = Get-BuiltBench
        Push-Location $TestDrive
        $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        $registry = "docker://127.0.0.1:$port"
        Set-Content ./registry.yml "version: 0.1`nlog:`n  level: error`nstorage:`n  filesystem:`n    rootdirectory: $TestDrive/registry`nhttp:`n  addr: 127.0.0.1:$port"
        # In a table, since what a test assigns is its own: the server that runs at the end is the one to be stopped.
        $running = @{}
        function Start-Registry {
            $running.Server = Start-Process docker-registry 'serve', "$TestDrive/registry.yml" -PassThru -RedirectStandardError ./registry.log -RedirectStandardOutput ./registry.out
            for ($i = 0; $i -lt 100; $i++) {
                try { Invoke-WebRequest "http://127.0.0.1:$port/v2/" | Out-Null; break } catch { Start-Sleep -Milliseconds 100 }
            }
        }

        Start-Registry
    }
}

AfterAll {
    if ($running) { $running.Server | Stop-Process; Pop-Location }
}

Describe 'Publish-BaseImage' -Skip:$lacks {
    It 'pushes an image of the store under several tags, and does not move one that leads elsewhere' {
        $image = Get-BaseImage store:small
        $published = $image | Publish-BaseImage -Destination "$registry/team/small" -Tag 1, latest
        $published.Digest | Should -Be $image.Digest
        "$($published.Tags)" | Should -Be '1 latest'
        (Get-BaseImage "$registry/team/small:1").Digest | Should -Be $image.Digest
        $other = Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination oci:./other -SourceDateEpoch 1000000000 -Confirm:$false
        $other | Publish-BaseImage -Destination "$registry/team/small" -Tag 1 -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'TagImmutable,*'
        $failure[0].CategoryInfo.Category | Should -Be ResourceExists
        ($other | Publish-BaseImage -Destination "$registry/team/small" -Tag 1 -MovableTag '1*').Digest | Should -Be $other.Digest
    }

    It 'pushes nothing with -WhatIf' {
        Get-BaseImage store:small | Publish-BaseImage -Destination "$registry/team/none" -WhatIf | Should -BeNullOrEmpty
        Find-BaseImage "$registry/team/none" -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'RegistryNotFound,*'
    }

    It 'puts signatures, bills of materials and provenance beside it in one command, and another machine verifies its copy' {
        $signer = New-Signer (Join-Path $bench.Root 'publishing-keys')
        $published = Get-BaseImage store:small | Publish-BaseImage -Destination "$registry/proven" -Tag 1 -KeyPath $signer.Pem `
            -SignatureFormat Notation, Cms, Cosign -Sbom Spdx, CycloneDx -Definition $bench.Project -BuilderId 'https://ci.example.org/runner'
        $published.Signatures.Format | Should -Be Notation, Cms, Cosign
        $published.Attestations.Count | Should -Be 3
        "$($published.Tags)" | Should -Be '1'

        # Across the air gap: a layout, and nothing but what is trusted.
        $copy = Copy-BaseImage "$registry/proven:1" -Destination "oci:$TestDrive/there"
        $running.Server | Stop-Process
        try {
            $result = Test-BaseImageSignature $copy.Reference -TrustedCertificate $signer.Root
            $result.Status | Should -Be Trusted
            $result.Signatures.Count | Should -Be 3
            (Test-BaseImageAttestation $copy.Reference -PublicKey $signer.Public -PredicateType Provenance, Spdx, CycloneDx -BuilderId 'https://ci.example.org/runner' -RequirePinned).Status | Should -Be Trusted, Trusted, Trusted
        } finally {
            Start-Registry
        }
    }

    It 'says what a statement lacks, before anything is pushed' {
        Get-BaseImage store:small | Publish-BaseImage -Destination "$registry/keyless" -Sbom Spdx -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PublishingKeyMissing,*'
        Find-BaseImage "$registry/keyless" -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'RegistryNotFound,*'
    }

    It 'is what Build-BaseImage does where a registry is its destination' {
        (Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination "$registry/built:1" -Confirm:$false).Digest | Should -Be (Get-BaseImage store:small).Digest
        (Test-BaseImage "$registry/built:1" -Rule BI1001).Count | Should -BeGreaterThan 0
        (Compare-BaseImage "$registry/built:1" store:small).Verdict | Should -Be Identical
        @(Get-BaseImageFile "$registry/built:1").Count | Should -Be @(Get-BaseImageFile store:small).Count
    }
}

Describe 'Find-BaseImage' -Skip:$lacks {
    It 'finds repositories and tags by wildcards' {
        Get-BaseImage store:small | Publish-BaseImage -Destination "$registry/find/one" -Tag '1.0', '1.1' | Out-Null
        $found = @(Find-BaseImage "$registry/find/*")
        $found.Count | Should -Be 1
        "$($found[0].Tags)" | Should -Be '1.0 1.1'
        $found[0].Reference | Should -BeLike "$registry/find/one@sha256:*"
        "$((Find-BaseImage "$registry/find/one" -Tag '*.1').Tags)" | Should -Be '1.1'
        @(Find-BaseImage "$registry/find/one" -Latest).Count | Should -Be 1
    }
}

Describe 'Copy-BaseImage' -Skip:$lacks {
    It 'carries an image to an archive and back, with its tags' {
        Get-BaseImage store:small | Publish-BaseImage -Destination "$registry/copy/one" -Tag 7 | Out-Null
        $out = Find-BaseImage "$registry/copy/one" | Copy-BaseImage -Destination oci-archive:./gap.tar
        $back = Copy-BaseImage oci-archive:./gap.tar:7 "$registry/copy/two:7"
        $back.Digest | Should -Be $out.Digest
        $back.BlobsCopied + $back.BlobsPresent | Should -BeGreaterThan 1
        (Get-BaseImage "$registry/copy/two:7").Digest | Should -Be $out.Digest
    }

    It 'takes several tags along, and says of one platform alone what another lacks' {
        Get-BaseImage store:small | Publish-BaseImage -Destination "$registry/copy/three" -Tag '3', '3.1' | Out-Null
        $mirrored = Find-BaseImage "$registry/copy/three" | Copy-BaseImage -Destination "$registry/copy/mirror"
        "$($mirrored.Tags)" | Should -Be '3 3.1'
        $again = Find-BaseImage "$registry/copy/mirror" | Publish-BaseImage -Destination "$registry/copy/again"
        "$($again.Tags)" | Should -Be '3 3.1'
        $platform = (Get-BaseImage "$registry/copy/three:3").Platforms[0]
        (Copy-BaseImage "$registry/copy/three:3" oci:./one -Platform $platform).Digest | Should -Be $mirrored.Digest
        Copy-BaseImage "$registry/copy/three:3" oci:./none -Platform linux/s390x -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ImageNotFound,*'
        $failure[0].ErrorDetails.RecommendedAction | Should -Match "$platform"
        './none' | Should -Not -Exist
    }

    It 'copies nothing with -WhatIf' {
        Copy-BaseImage store:small oci:./nothing -WhatIf | Should -BeNullOrEmpty
        './nothing' | Should -Not -Exist
    }
}
