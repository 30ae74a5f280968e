# Dockerfiles built by a real engine, as a user types it. The suite starts a dockerd of its own, beside any other.
BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $reason = if (-not (Get-Command dockerd -CommandType Application -ErrorAction Ignore)) { 'dockerd is not installed' }
    elseif (-not (Get-Command busybox -CommandType Application -ErrorAction Ignore)) { 'busybox is not installed' }
    elseif ((id -u) -ne '0') { 'dockerd needs root' }
    if ($reason -and $env:BASEIMAGE_FORBID_SKIPS -eq '1') { throw "Skips are forbidden: $reason." }
    $lacksEngine = [bool] $reason
    if ($reason) { Write-Host "    skipped: $reason" }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    Get-Bench | Out-Null
    Push-Location $TestDrive
    if ((Get-Command dockerd, busybox -CommandType Application -ErrorAction Ignore).Count -ge 2 -and (id -u) -eq '0') {
        $engine = Start-Engine
        $dockerHost = $engine.Address

        # A base of one program that is a shell.
        New-Item -ItemType Directory root/bin, project | Out-Null
        Copy-Item (Get-Command busybox -CommandType Application)[0].Source root/bin/busybox
        Copy-Item root/bin/busybox root/bin/sh
        tar -C root -cf base.tar .
        docker -H $dockerHost import base.tar shell:1 | Out-Null
        Set-Content project/Dockerfile "FROM shell:1`nARG WHO`nCOPY . /ctx/`nRUN echo hello `$WHO > /hello && busybox mkdir -p /var/log && busybox date > /var/log/hello.log"
        Set-Content project/Dockerfile.build.psd1 "@{ SchemaVersion = 1; Name = 'hello'; BuildArguments = @{ WHO = 'world' } }"
        Set-Content project/.dockerignore "*.lock.json`n*.psd1"
    }
}

AfterAll {
    if ($engine) { Stop-Engine $engine }
    Pop-Location
}

Describe 'Build-BaseImage -Dockerfile' -Skip:$lacksEngine {
    It 'refuses what is not pinned, and says what to do' {
        $failure = (Get-Failure { Build-BaseImage -Dockerfile ./project -DockerHost $dockerHost })[0]
        Assert-Failure $failure DockerfileUnpinned SecurityError
        "$failure" | Should -BeLike '*Dockerfile:1: *shell:1*'
    }

    It 'completes the stages of the Dockerfile, and prints nothing where it has none' {
        $stages = (New-Item -ItemType Directory (Join-Path $TestDrive 'stages')).FullName
        Set-Content (Join-Path $stages Dockerfile) "FROM a AS build`nFROM b AS runtime`n"
        (TabExpansion2 "Build-BaseImage -Dockerfile '$stages' -Target ").CompletionMatches.CompletionText | Should -Be build, runtime
        (TabExpansion2 "Test-BaseImageReproducibility -Dockerfile '$stages' -Target r").CompletionMatches.CompletionText | Should -Be runtime
        (TabExpansion2 "Build-BaseImage -Dockerfile '$stages/none' -Target ").CompletionMatches.CompletionText | Should -Not -Contain build
    }

    It 'builds nothing and locks nothing under -WhatIf' {
        Build-BaseImage -Dockerfile ./project -DockerHost $dockerHost -UpdateLock -WhatIf | Should -BeNullOrEmpty
        './project/Dockerfile.lock.json' | Should -Not -Exist
    }

    It 'records what it was built from, and gives the same digest again from that' {
        $first = Build-BaseImage -Dockerfile ./project -DockerHost $dockerHost -UpdateLock -NoCache
        $first | Should -BeOfType ([BaseImage.ContainerImage])
        $first.Reference | Should -BeLike 'store:hello@sha256:*'
        './project/Dockerfile.lock.json' | Should -Exist
        (Build-BaseImage -Dockerfile ./project/Dockerfile -DockerHost $dockerHost -NoCache).Digest | Should -Be $first.Digest
        (Get-BaseImageFile $first.Reference | Where-Object Path -eq '/hello').Size | Should -Be 12
        $first.Config.Labels['org.opencontainers.image.base.name'] | Should -Be 'shell:1'
    }

    It 'loads what it built under its own name, and leaves nothing else in the engine' {
        $image = Build-BaseImage -Dockerfile ./project -DockerHost $dockerHost -Builder BuildKit -Load -Tag pester
        (Get-BaseImage hello:pester -DockerHost $dockerHost).ImageId | Should -Be $image.ImageId
        @(Get-BaseImage docker-daemon: -DockerHost $dockerHost).Tags | Sort-Object | Should -Be 'hello:pester', 'shell:1'
    }

    It 'says the line, the exit code and the last words of a step that fails' {
        New-Item -ItemType Directory broken | Out-Null
        Set-Content broken/Dockerfile "FROM shell:1`n`nRUN echo last words; exit 5"
        $failure = (Get-Failure { Build-BaseImage -Dockerfile ./broken -DockerHost $dockerHost -AllowUnpinned -WarningAction Ignore })[0]
        Assert-Failure $failure BuildStepFailed InvalidOperation
        "$failure" | Should -BeLike '*broken/Dockerfile:3: *exit code 5*last words*'
        $failure.Exception.ExitCode | Should -Be 5
    }

    It 'shows what steps print with -Verbose alone' {
        $said = Build-BaseImage -Dockerfile ./project -DockerHost $dockerHost -NoCache -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        $said.Message -like 'Step *: RUN echo hello*' | Should -Not -BeNullOrEmpty
    }

    It 'takes no definition and no mirror' {
        { Build-BaseImage -Dockerfile ./project -Mirror ./x -ErrorAction Stop } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}
