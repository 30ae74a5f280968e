# What the suite's files share: the module imported by its manifest, a cache and a store of their own, an archive of small
# packages, a locked project and its built image. Made once a run; Invoke-Suite.ps1 removes it.

$script:Manifest = (Resolve-Path (Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1')).Path

function Get-Manifest { $script:Manifest }

function Get-Shell { (Get-Process -Id $PID).Path }

# The folder of this run, with everything in it.
function Get-Bench {
    if (-not $global:BaseImageBench -or -not (Test-Path $global:BaseImageBench.Root)) {
        $root = Join-Path ([System.IO.Path]::GetTempPath()) "baseimage-pester-$([guid]::NewGuid().ToString('N'))"
        New-Item -ItemType Directory $root | Out-Null
        $global:BaseImageBench = [pscustomobject]@{
            Root = $root; Mirror = Join-Path $root 'mirror'; Project = Join-Path $root 'project'; Built = $null
        }
    }

    $env:BASEIMAGE_CACHE = Join-Path $global:BaseImageBench.Root 'cache'
    $env:BASEIMAGE_STORE = Join-Path $global:BaseImageBench.Root 'store'
    Import-Module $script:Manifest -Global
    $global:BaseImageBench
}

# True where small packages can be made; a skip says why not, and CI forbids skips.
function Test-Maker {
    $there = [bool](Get-Command dpkg-deb -CommandType Application -ErrorAction Ignore)
    if (-not $there -and $env:BASEIMAGE_FORBID_SKIPS -eq '1') { throw 'Skips are forbidden: dpkg-deb is not installed.' }
    $there
}

function New-SmallPackage([string] $Folder, [string] $Name, [string] $Version, [string] $Depends, [hashtable] $Files) {
    $pool = Join-Path $Folder 'debian' 'pool'
    $deb = Join-Path $pool "${Name}_${Version}_amd64.deb"
    if (Test-Path $deb) { return }
    $tree = Join-Path $Folder "tree-$Name-$Version"
    New-Item -ItemType Directory (Join-Path $tree 'DEBIAN') -Force | Out-Null
    $control = "Package: $Name`nVersion: $Version`nArchitecture: amd64`nMaintainer: Nobody <nobody@example.org>`n"
    if ($Depends) { $control += "Depends: $Depends`n" }
    [System.IO.File]::WriteAllText((Join-Path $tree 'DEBIAN' 'control'), "${control}Description: made by a test`n")
    foreach ($file in $Files.GetEnumerator()) {
        $path = Join-Path $tree $file.Key
        New-Item -ItemType Directory (Split-Path $path) -Force | Out-Null
        [System.IO.File]::WriteAllText($path, $file.Value)
        if ($file.Key -like '*/bin/*') { chmod 4755 $path }
        $sum = (Get-FileHash $path -Algorithm MD5).Hash.ToLowerInvariant()
        [System.IO.File]::AppendAllText((Join-Path $tree 'DEBIAN' 'md5sums'), "$sum  $($file.Key)`n")
    }

    New-Item -ItemType Directory $pool -Force | Out-Null
    dpkg-deb --root-owner-group -Zgzip --build $tree $deb | Out-Null
    Remove-Item $tree -Recurse
}

# An archive of two packages, unsigned: definitions declare it so.
function New-SmallArchive([string] $Folder, [string] $Version = '1.0', [int] $Day = 1) {
    New-SmallPackage $Folder hello $Version 'greeting' @{ 'usr/bin/hello' = "#!/bin/sh`n"; 'usr/share/doc/hello/copyright' = "free`n" }
    New-SmallPackage $Folder greeting '1.0' '' @{ 'usr/share/greeting/text' = "hello`n" }
    $root = Join-Path $Folder 'debian'
    $stanzas = foreach ($deb in Get-ChildItem (Join-Path $root 'pool') -Filter *.deb | Sort-Object Name) {
        if ($deb.Name -like 'hello_*' -and $deb.Name -ne "hello_${Version}_amd64.deb") { continue }
        $sum = (Get-FileHash $deb.FullName -Algorithm SHA256).Hash.ToLowerInvariant()
        ((dpkg-deb -f $deb.FullName) -join "`n") + "`nFilename: pool/$($deb.Name)`nSize: $($deb.Length)`nSHA256: $sum`n"
    }
    $index = Join-Path $root 'dists' 'bookworm' 'main' 'binary-amd64' 'Packages'
    New-Item -ItemType Directory (Split-Path $index) -Force | Out-Null
    [System.IO.File]::WriteAllText($index, ($stanzas -join "`n") + "`n")
    $sum = (Get-FileHash $index -Algorithm SHA256).Hash.ToLowerInvariant()
    $release = "Origin: Debian`nLabel: Debian`nSuite: stable`nCodename: bookworm`nDate: $([datetime]::new(2026, 1, $Day).ToString('r', [cultureinfo]::InvariantCulture).Replace('GMT', 'UTC'))`nArchitectures: amd64`nComponents: main`nSHA256:`n $sum $((Get-Item $index).Length) main/binary-amd64/Packages`n"
    [System.IO.File]::WriteAllText((Join-Path $root 'dists' 'bookworm' 'Release'), $release)
}

function New-SmallDefinition([string] $Folder, [string] $Name = 'small') {
    New-Item -ItemType Directory $Folder -Force | Out-Null
    $path = Join-Path $Folder "$Name.image.psd1"
    Set-Content $path @"
@{
    SchemaVersion = 1
    Name          = '$Name'
    From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = `$false; Security = `$false }
    Platforms     = 'linux/amd64'
    Archives      = @(@{ Id = 'debian'; Suites = 'bookworm'; Components = 'main'; Trusted = 'checksums-only' })
    Packages      = @{ 'hello' = 'says hello' }
    Accounts      = @(@{ Name = 'nonroot'; Uid = 65532; Gid = 65532; Home = '/home/nonroot' })
    Config        = @{ User = '65532:65532'; Entrypoint = '/usr/bin/hello' }
}
"@
    $path
}

# The bench with its project locked and built; the image is in its store.
function Get-BuiltBench {
    $bench = Get-Bench
    if (-not $bench.Built) {
        New-SmallArchive $bench.Mirror
        New-SmallDefinition $bench.Project | Out-Null
        Update-BaseImageLock $bench.Project -Mirror $bench.Mirror -Offline -ErrorAction Stop | Out-Null
        $bench.Built = Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -ErrorAction Stop
    }

    $bench
}

# The errors of some code that do not end it.
function Get-Failure([scriptblock] $Code) {
    @(& $Code 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
}

# Says what a user needs of an error: id, category, what to do; and no riddle.
function Assert-Failure($Record, [string] $Id, [string] $Category) {
    $Record | Should -Not -BeNullOrEmpty -Because "an error $Id is expected"
    $Record.FullyQualifiedErrorId | Should -BeLike "$Id,*"
    $Record.CategoryInfo.Category | Should -Be $Category
    $Record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    $Record.TargetObject | Should -Not -BeNullOrEmpty
    "$Record" | Should -Not -BeLike '*Exception*'
}

function Get-Completion([string] $Line) { (TabExpansion2 $Line -cursorColumn $Line.Length).CompletionMatches }

# A dockerd of the suite's own, without a network: it and what it ran are gone with Stop-Engine.
function Start-Engine {
    $root = Join-Path ([System.IO.Path]::GetTempPath()) "bi-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
    New-Item -ItemType Directory $root | Out-Null
    $address = "unix://$root/d.sock"
    $process = Start-Process dockerd -PassThru -RedirectStandardOutput "$root/out" -RedirectStandardError "$root/log" -ArgumentList @(
        '--data-root', "$root/data", '--exec-root', "$root/exec", '--pidfile', "$root/pid", '-H', $address, '--bridge', 'none', '--iptables=false')
    for ($i = 0; $i -lt 600; $i++) {
        $null = docker -H $address version 2>&1
        if ($LASTEXITCODE -eq 0) { return [pscustomobject]@{ Address = $address; Process = $process; Root = $root } }
        if ($process.HasExited) { break }
        Start-Sleep -Milliseconds 100
    }

    if (-not $process.HasExited) { $process.Kill($true) }
    throw "dockerd did not start: $((Get-Content "$root/log" -Tail 5) -join ' ')"
}

function Stop-Engine($Engine) {
    /bin/kill -TERM $Engine.Process.Id
    if (-not $Engine.Process.WaitForExit(30000)) { $Engine.Process.Kill($true) }
    foreach ($mount in Get-Content /proc/self/mounts | ForEach-Object { $_.Split(' ')[1] } | Where-Object { $_.StartsWith($Engine.Root) } | Sort-Object -Descending) { umount -l $mount }
    Remove-Item $Engine.Root -Recurse -Force -ErrorAction Ignore
}


# A root, and a key with its certificate to sign with: PEM, PFX (password right-horse), the root and the public key as files.
function New-Signer([string] $Folder) {
    New-Item -ItemType Directory $Folder -Force | Out-Null
    $sha256 = [System.Security.Cryptography.HashAlgorithmName]::SHA256
    $now = [DateTimeOffset]::UtcNow
    $rootKey, $key = 1, 2 | ForEach-Object { [System.Security.Cryptography.ECDsa]::Create([System.Security.Cryptography.ECCurve+NamedCurves]::nistP256) }
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('C=XX, ST=Test, O=Example, CN=Root', $rootKey, $sha256)
    $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
    $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('KeyCertSign', $true))
    $root = $request.CreateSelfSigned($now.AddHours(-1), $now.AddDays(2))
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('C=XX, ST=Test, O=Example, CN=Signer', $key, $sha256)
    $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('DigitalSignature', $true))
    $certificate = $request.Create($root, $now.AddMinutes(-30), $now.AddDays(1), [byte[]](1, 2, 3, 4))
    $files = [pscustomobject]@{ Pem = Join-Path $Folder 'signer.pem'; Pfx = Join-Path $Folder 'signer.pfx'; Root = Join-Path $Folder 'root.pem'; Public = Join-Path $Folder 'signer.pub' }
    [System.IO.File]::WriteAllText($files.Pem, "$($key.ExportPkcs8PrivateKeyPem())`n$($certificate.ExportCertificatePem())`n$($root.ExportCertificatePem())`n")
    [System.IO.File]::WriteAllText($files.Root, "$($root.ExportCertificatePem())`n")
    [System.IO.File]::WriteAllText($files.Public, "$($key.ExportSubjectPublicKeyInfoPem())`n")
    $own = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::CopyWithPrivateKey($certificate, $key)
    [System.IO.File]::WriteAllBytes($files.Pfx, $own.Export('Pfx', 'right-horse'))
    $files
}

Export-ModuleMember -Function *, New-Signer
