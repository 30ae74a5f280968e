BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    if (Test-Maker) { $bench = Get-BuiltBench }
    Push-Location $TestDrive
    # Not in TestDrive, which loses what a Describe adds to it when that ends.
    $signer = New-Signer (Join-Path $bench.Root 'signature-keys')
    $layout = "oci:$(Join-Path $bench.Root 'signed-image')"
    if (Test-Maker) { $built = Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination $layout }
    $config = $env:NOTATION_CONFIG
}

AfterAll {
    $env:NOTATION_CONFIG = $config
    Pop-Location
}

Describe 'Add-BaseImageSignature' -Skip:$lacksMaker {
    It 'changes nothing with -WhatIf, and reads no key' {
        Add-BaseImageSignature $layout $signer.Pem -WhatIf | Should -BeNullOrEmpty
        Get-BaseImageSignature $layout | Should -BeNullOrEmpty
    }

    It 'signs images of the pipeline in the form <_>' -ForEach 'Notation', 'NotationCose', 'Cms', 'Cosign', 'CosignBundle' {
        $made = $built | Add-BaseImageSignature -KeyPath $signer.Pem -Format $_ -Annotation @{ build = 42 }
        $made | Should -BeOfType ([BaseImage.ImageSignature])
        $made.Format | Should -Be $_
        $made.Subject | Should -Be $built.Digest
        (Get-BaseImageSignature $layout | Where-Object Digest -EQ $made.Digest).Annotations['build'] | Should -Be '42'
    }

    It 'makes a signature of each form that is named' {
        ($built | Add-BaseImageSignature -KeyPath $signer.Pem -Format Cms, Cosign).Format | Should -Be 'Cms', 'Cosign'
    }

    It 'takes a certificate from the pipeline, a PFX file with a password and a credential' {
        $certificate = [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadPkcs12FromFile($signer.Pfx, 'right-horse')
        ($certificate | Add-BaseImageSignature -Image $layout -CertificatePath $signer.Root).Signer | Should -BeLike '*CN=Signer*'
        $password = ConvertTo-SecureString 'right-horse' -AsPlainText -Force
        (Add-BaseImageSignature $layout $signer.Pfx -CertificatePath $signer.Root -Password $password -Verbose 4>&1 | Out-String) | Should -Not -Match 'horse'
        Add-BaseImageSignature $layout $signer.Pfx -CertificatePath $signer.Root -KeyCredential ([pscredential]::new('me', $password)) | Should -Not -BeNullOrEmpty
        Assert-Failure (Get-Failure { Add-BaseImageSignature $layout $signer.Pfx })[0] KeyPasswordInvalid PermissionDenied
        Assert-Failure (Get-Failure { Add-BaseImageSignature $layout ./none.pem })[0] PathNotFound ObjectNotFound
        Assert-Failure (Get-Failure { Add-BaseImageSignature $layout $signer.Root })[0] SigningKeyNotFound ObjectNotFound
        Assert-Failure (Get-Failure { Add-BaseImageSignature $layout $signer.Pem -Format Cms -Expiry '2099-01-01' })[0] SigningNotPossible InvalidArgument
    }
}

Describe 'Get-BaseImageSignature' -Skip:$lacksMaker {
    It 'lists what is beside an image of the pipeline' {
        $found = @($built | Get-BaseImageSignature)
        $found.Count | Should -BeGreaterThan 3
        @($found | ForEach-Object { $_.Certificates.Count } | Where-Object { $_ -eq 2 }).Count | Should -BeGreaterThan 1
    }

    It 'says where no signature can be' {
        Assert-Failure (Get-Failure { Get-BaseImageSignature docker-daemon:any })[0] ImageTransportNotSupported NotImplemented
    }
}

Describe 'Test-BaseImageSignature' -Skip:$lacksMaker {
    It 'verifies by a certificate and by a public key' {
        (Test-BaseImageSignature $layout -TrustedCertificate $signer.Root).Status | Should -Be Trusted
        $result = $built | Test-BaseImageSignature -PublicKey $signer.Public
        $result.IsTrusted | Should -BeTrue
        $result.Signatures.Status | Should -Contain Trusted
        Test-BaseImageSignature $layout -PublicKey $signer.Public -Quiet | Should -BeExactly $true
    }

    It 'verifies by the trust policy and trust store of Notation, in Notation''s own place' {
        $env:NOTATION_CONFIG = Join-Path $TestDrive 'notation'
        Assert-Failure (Get-Failure { Test-BaseImageSignature $layout })[0] TrustPolicyNotFound ObjectNotFound
        Get-Failure { Test-BaseImageSignature $layout -Quiet } | Should -Not -BeNullOrEmpty
        Test-BaseImageSignature $layout -Quiet -ErrorAction SilentlyContinue | Should -BeExactly $false
        $store = New-Item -ItemType Directory -Force (Join-Path $env:NOTATION_CONFIG 'truststore' 'x509' 'ca' 'ours')
        Copy-Item $signer.Root $store
        Set-Content (Join-Path $env:NOTATION_CONFIG 'trustpolicy.json') '{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:ours"],"trustedIdentities":["x509.subject: C=XX, ST=Test, O=Example"]}]}'
        $result = Test-BaseImageSignature $layout
        $result.Status | Should -Be Trusted
        $result.Policy | Should -Be 'all'
    }

    It 'is not true of an image that nobody signed, and warns' {
        Test-BaseImageSignature store:small -PublicKey $signer.Public -Quiet -WarningVariable said -WarningAction SilentlyContinue | Should -BeExactly $false
        "$said" | Should -Match 'nothing was verified'
        (Test-BaseImageSignature store:small -PublicKey $signer.Public).Status | Should -Be NotSigned
    }
}

Describe 'Assert-BaseImageSignature' -Skip:$lacksMaker {
    It 'passes results on and throws at the end where an image is not trusted' {
        $good = Test-BaseImageSignature $layout -PublicKey $signer.Public
        $bad = Test-BaseImageSignature store:small -PublicKey $signer.Public
        ($good | Assert-BaseImageSignature).Status | Should -Be Trusted
        $seen = [System.Collections.Generic.List[object]]::new()
        { $bad, $good | Assert-BaseImageSignature | ForEach-Object { $seen.Add($_) } } | Should -Throw -ErrorId 'SignatureNotTrusted,*' -ExpectedMessage '*NotSigned*'
        $seen.Count | Should -Be 2
        { @() | Assert-BaseImageSignature } | Should -Throw -ErrorId 'SignatureNotTrusted,*'
    }
}
