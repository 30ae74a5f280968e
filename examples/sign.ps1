<#
.SYNOPSIS
Signs an image with a certificate of a test authority, and verifies it as another machine would: with the layout and a trust store.

.DESCRIPTION
Makes a test authority and a code signing certificate, signs the image in all four forms, copies the layout with its signatures to
another folder, writes a trust policy and a trust store as Notation has them, and verifies the copy by them alone. Then it shows
what an image that nobody has signed, and a policy that trusts somebody else, come to. Nothing outside the work folder changes.

.EXAMPLE
Build-BaseImage ./examples/debian-static -Destination oci:./out | ./examples/sign.ps1
#>
[CmdletBinding()]
param(
    # A layout with an image to sign, by its reference as Build-BaseImage gives it: oci:FOLDER@DIGEST.
    [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
    [Alias('Image')]
    [string] $Reference,

    # Where everything goes; a new folder under the temporary folder by default.
    [string] $WorkPath = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'baseimage-sign-' + [guid]::NewGuid().ToString('N').Substring(0, 8))
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module BaseImage)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'BaseImage.psd1'))
}

# 1. A test authority and a certificate for signing. Yours come from your own authority.
$sha256 = [Security.Cryptography.HashAlgorithmName]::SHA256
$now = [DateTimeOffset]::UtcNow
$rootKey = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
$request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('C=XX, ST=Test, O=Example, CN=Example Root', $rootKey, $sha256)
$request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
$request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('KeyCertSign, CrlSign', $true))
$root = $request.CreateSelfSigned($now.AddMinutes(-5), $now.AddYears(1))
$key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
$request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('C=XX, ST=Test, O=Example, CN=Image Signer', $key, $sha256)
$request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('DigitalSignature', $true))
$certificate = $request.Create($root, $now.AddMinutes(-5), $now.AddDays(90), [guid]::NewGuid().ToByteArray())

$null = [IO.Directory]::CreateDirectory($WorkPath)
$signer = [IO.Path]::Combine($WorkPath, 'signer.pem')
$public = [IO.Path]::Combine($WorkPath, 'signer.pub')
[IO.File]::WriteAllText($signer, "$($key.ExportPkcs8PrivateKeyPem())`n$($certificate.ExportCertificatePem())`n$($root.ExportCertificatePem())`n")
[IO.File]::WriteAllText($public, "$($key.ExportSubjectPublicKeyInfoPem())`n")

# 2. Sign: the signatures lie in the layout, beside the image.
'Notation', 'NotationCose', 'Cms', 'Cosign', 'CosignBundle' | ForEach-Object { Add-BaseImageSignature $Reference $signer -Format $_ } | Format-Table

# 3. The other machine: a copy of the layout, a trust policy, and the root's certificate in a trust store.
if ($Reference -notmatch '^oci:(?<folder>.+?)@(?<digest>sha256:[0-9a-f]{64})$') { throw "Name a layout's image as oci:FOLDER@DIGEST, not '$Reference'." }
$received = [IO.Path]::Combine($WorkPath, 'received')
foreach ($file in [IO.Directory]::GetFiles($Matches.folder, '*', 'AllDirectories')) {
    $copy = [IO.Path]::Combine($received, [IO.Path]::GetRelativePath($Matches.folder, $file))
    $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($copy))
    [IO.File]::Copy($file, $copy)
}

$store = [IO.Path]::Combine($WorkPath, 'trust', 'truststore', 'x509', 'ca', 'example')
$null = [IO.Directory]::CreateDirectory($store)
[IO.File]::WriteAllText([IO.Path]::Combine($store, 'root.pem'), $root.ExportCertificatePem())
$policy = [IO.Path]::Combine($WorkPath, 'trust', 'trustpolicy.json')
[IO.File]::WriteAllText($policy, @'
{
  "version": "1.0",
  "trustPolicies": [
    {
      "name": "our-images",
      "registryScopes": [ "*" ],
      "signatureVerification": { "level": "strict" },
      "trustStores": [ "ca:example" ],
      "trustedIdentities": [ "x509.subject: C=XX, ST=Test, O=Example, CN=Image Signer" ]
    }
  ]
}
'@)
$image = "oci:$received@$($Matches.digest)"
$result = Test-BaseImageSignature $image -TrustPolicyPath $policy
$result | Format-List Status, Signer, Policy, Level, Message
$result.Signatures | Format-Table
Test-BaseImageSignature $image -PublicKey $public | Assert-BaseImageSignature | Format-Table

# 4. A policy that trusts somebody else.
[IO.File]::WriteAllText($policy, [IO.File]::ReadAllText($policy).Replace('CN=Image Signer', 'CN=Somebody Else'))
Test-BaseImageSignature $image -TrustPolicyPath $policy | Format-Table
Write-Host "Everything is here: $WorkPath"
