# Pinning Dockerfiles, as a user types it. Engines and registries are held against in the xunit tests.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    Push-Location $TestDrive
    $digest = 'sha256:' + 'a' * 64
}

AfterAll { Pop-Location }

Describe 'Update-BaseImageDockerfile' {
    BeforeEach {
        $path = Join-Path $TestDrive 'Dockerfile'
        Set-Content -LiteralPath $path -NoNewline -Value "FROM scratch`nCOPY a /a`n"
    }

    It 'leaves a file alone that takes nothing from elsewhere, and says so with -Verbose' {
        $before = (Get-Item $path).LastWriteTimeUtc
        Update-BaseImageDockerfile $path | Should -BeNullOrEmpty
        (Update-BaseImageDockerfile $path -Verbose 4>&1) -join '' | Should -BeLike '*everything in it is pinned*'
        (Get-Item $path).LastWriteTimeUtc | Should -Be $before
    }

    It 'tells what it cannot pin, as objects that compose' {
        Set-Content -LiteralPath $path -Value "FROM scratch`nADD https://example.org/r.git#main /r`nFROM alpine@$digest"
        $change = Update-BaseImageDockerfile $path
        $change | Should -HaveCount 1
        $change | Should -BeOfType ([BaseImage.DockerfileChange])
        $change.Kind | Should -Be Skipped
        $change.Line, $change.Instruction | Should -Be 2, 'ADD'
        $change.Reason | Should -BeLike '*repository*'
        $change.Applied | Should -BeFalse
        ($change | ConvertTo-Csv) -join '' | Should -Not -BeLike '*System.*'
    }

    It 'writes elsewhere with -DestinationPath, and nowhere with -WhatIf' {
        Update-BaseImageDockerfile $path -DestinationPath ./new -WhatIf
        './new' | Should -Not -Exist
        Update-BaseImageDockerfile $path -DestinationPath ./new
        Get-Content ./new/Dockerfile -Raw | Should -Be (Get-Content $path -Raw)
    }

    It 'takes files from the pipeline, by property name too' {
        Get-Item $path | Update-BaseImageDockerfile | Should -BeNullOrEmpty
        [pscustomobject]@{ FullName = $path } | Update-BaseImageDockerfile | Should -BeNullOrEmpty
    }

    It 'finds those of a folder and below it' {
        New-Item -ItemType Directory (Join-Path $TestDrive 'deep/er') -Force | Out-Null
        Set-Content (Join-Path $TestDrive 'deep/er/web.Dockerfile') "FROM scratch`nADD git@example.org:r.git /r"
        (Update-BaseImageDockerfile $TestDrive -Recurse).Path | Should -BeLike '*web.Dockerfile'
    }

    It 'names the engine that it cannot ask, and writes nothing' {
        Set-Content -LiteralPath $path -NoNewline -Value 'FROM alpine:3.20'
        Update-BaseImageDockerfile $path -DockerHost "unix://$TestDrive/none.sock" -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'EngineUnreachable*'
        $failed[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-Content $path -Raw | Should -Be 'FROM alpine:3.20'
    }

    It 'names the place of a mistake, and goes on with the next file' {
        Set-Content -LiteralPath (Join-Path $TestDrive 'bad.Dockerfile') -Value "FROM scratch`nCOPI a b"
        $found = (Join-Path $TestDrive 'bad.Dockerfile'), $path
        $found | Update-BaseImageDockerfile -DestinationPath ./both -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'DockerfileInvalid*'
        "$($failed[0])" | Should -BeLike '*:2:*'
        './both/Dockerfile' | Should -Exist
        './both/bad.Dockerfile' | Should -Not -Exist
    }
}
