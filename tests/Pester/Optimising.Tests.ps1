# Optimize-BaseImage, as a user types it; with an engine where there is one.
BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
    $reason = if ($lacksMaker) { 'dpkg-deb is not installed' }
    elseif (-not (Get-Command dockerd -CommandType Application -ErrorAction Ignore)) { 'dockerd is not installed' }
    elseif ((id -u) -ne '0') { 'dockerd needs root' }
    if ($reason -and $env:BASEIMAGE_FORBID_SKIPS -eq '1') { throw "Skips are forbidden: $reason." }
    $lacksEngine = [bool] $reason
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    if (Test-Maker) { $bench = Get-BuiltBench }
    Push-Location $TestDrive
    $none = @{ DockerHost = "unix://$TestDrive/none.sock"; Confirm = $false }
}

AfterAll { Pop-Location }

Describe 'Optimize-BaseImage' -Skip:$lacksMaker {
    It 'says what would go, and writes nothing, under -WhatIf' {
        $result = Optimize-BaseImage store:small -Destination oci:./whatif -WhatIf
        $result | Should -BeOfType ([BaseImage.OptimizationResult])
        $result.Image | Should -BeNullOrEmpty
        $result.Verified | Should -Be NotVerified
        $result.SizeAfter | Should -BeLessOrEqual $result.SizeBefore
        Test-Path ./whatif | Should -BeFalse
    }

    It 'is an error that says what to do, and writes nothing' {
        $failure = Get-Failure { Optimize-BaseImage store:small -Destination oci:./none @none }
        Assert-Failure $failure[0] OptimizationNotProved InvalidOperation
        Test-Path ./none | Should -BeFalse
    }

    It 'writes without a proof where that is asked for, and says so; twice the same' {
        $first = Optimize-BaseImage store:small -Destination oci:./first -SkipVerification @none -WarningAction SilentlyContinue -WarningVariable warned
        $first.Verified | Should -Be NotVerified
        "$warned" | Should -Match 'not shown'
        $second = Get-BaseImage $bench.Built.Reference | Optimize-BaseImage -Destination oci:./second -SkipVerification -ThrottleLimit 3 @none -WarningAction SilentlyContinue
        $second.Image.Digest | Should -Be $first.Image.Digest
        (Get-BaseImageFile oci:./first).Path | Should -Contain '/usr/bin/hello'
        $first.Removed | Where-Object Reason -EQ SetId | Should -Not -BeNullOrEmpty
        "$((Get-BaseImageFile oci:./first -Path /usr/bin/hello).Mode)" | Should -Be '0755'
    }

    It 'goes by traces of this image alone, and says what is wrong with others' {
        $id = "$($bench.Built.ImageId)"
        Set-Content ./right.trace.json "{""schemaVersion"":1,""imageId"":""$id"",""platform"":""$(@($bench.Built.Platforms)[0])"",""files"":{""/usr/bin/hello"":""exe, mapped""}}"
        $traced = Optimize-BaseImage store:small -TracePath ./r*.trace.json -Destination oci:./traced -SkipVerification @none -WarningAction SilentlyContinue
        "$($traced.Kept)" | Should -Match '/usr/bin/hello \(a recorded run executed it\)'
        Set-Content ./other.trace.json "{""schemaVersion"":1,""imageId"":""sha256:$('0' * 64)"",""platform"":""linux/amd64"",""files"":{}}"
        Assert-Failure (Get-Failure { Optimize-BaseImage store:small -TracePath ./other.trace.json @none })[0] TraceOfAnotherImage InvalidData
        Set-Content ./broken.trace.json '{"files":{"/../x":"exe"}}'
        Assert-Failure (Get-Failure { Optimize-BaseImage store:small -TracePath ./broken.trace.json @none })[0] TraceInvalid InvalidData
        Assert-Failure (Get-Failure { Optimize-BaseImage store:small -TracePath ./nowhere.json @none })[0] PathNotFound ObjectNotFound
        { Optimize-BaseImage store:small -RecordTrace -TracePath ./a.json, ./b.json @none } | Should -Throw '*one file*'
        Optimize-BaseImage store:small -RecordTrace -TracePath ./whatif.trace.json -WhatIf | ForEach-Object Image | Should -BeNullOrEmpty
        Test-Path ./whatif.trace.json | Should -BeFalse
    }

    It 'keeps what is named, and refuses what is no pattern or no policy' {
        Set-Content ./policy.psd1 "@{ SchemaVersion = 1; Optimize = @{ KeepSetId = '/usr/bin/hello' } }"
        $kept = Optimize-BaseImage store:small -Policy ./policy.psd1 -Destination oci:./kept -SkipVerification @none -WarningAction SilentlyContinue
        "$((Get-BaseImageFile oci:./kept -Path /usr/bin/hello).Mode)" | Should -Be '4755'
        $kept.Removed | Where-Object Reason -EQ SetId | Should -BeNullOrEmpty
        Set-Content ./wrong.psd1 "@{ SchemaVersion = 1; Optimize = @{ Kept = '/x' } }"
        Assert-Failure (Get-Failure { Optimize-BaseImage store:small -Policy ./wrong.psd1 @none })[0] PolicyInvalid InvalidData
    }
}

Describe 'Optimize-BaseImage with an engine' -Skip:$lacksEngine {
    BeforeAll { $engine = Start-Engine }

    AfterAll { if ($engine) { Stop-Engine $engine } }

    It 'runs both, and loads the smaller one' {
        $busybox = (Get-Command busybox -CommandType Application -ErrorAction Ignore).Source
        if (-not $busybox) { Set-ItResult -Skipped -Because 'busybox is not installed'; return }
        $tree = Join-Path $TestDrive 'tree'
        New-Item -ItemType Directory "$tree/bin", "$tree/usr/share/doc/x", "$tree/tmp" | Out-Null
        Copy-Item $busybox "$tree/bin/busybox"
        Set-Content "$tree/usr/share/doc/x/readme" ('words ' * 1000)
        tar -C $tree --owner=0 --group=0 -cf ./tree.tar .
        docker -H $engine.Address import --change 'ENTRYPOINT ["/bin/busybox", "true"]' ./tree.tar web:1 | Out-Null
        $result = Optimize-BaseImage web:1 -RecordTrace -TracePath ./web.trace.json -Load -Tag small -DockerHost $engine.Address -RunSeconds 1 -Confirm:$false
        $result.Verified | Should -Be Verified
        $result.Reference | Should -BeLike 'docker-daemon:web*'
        docker -H $engine.Address run --rm --network none web:small
        $LASTEXITCODE | Should -Be 0
        (Get-Content ./web.trace.json -Raw | ConvertFrom-Json).imageId | Should -Be "$((Get-BaseImage web:1 -DockerHost $engine.Address).ImageId)"
        (Optimize-BaseImage web:1 -TracePath ./web.trace.json -Destination oci:./again -SkipVerification -DockerHost $engine.Address -Confirm:$false -WarningAction SilentlyContinue).Image.Digest | Should -Be $result.Image.Digest
        ($result.Removed | Where-Object Reason -EQ Documentation).Paths | Should -Contain '/usr/share/doc/x/readme'
    }
}
