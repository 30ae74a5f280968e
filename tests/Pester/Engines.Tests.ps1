# Images of a real engine, as a user types it. The suite starts a dockerd of its own, beside any other.
BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $reason = if (-not (Test-Maker)) { 'dpkg-deb is not installed' }
    elseif (-not (Get-Command dockerd -CommandType Application -ErrorAction Ignore)) { 'dockerd is not installed' }
    elseif ((id -u) -ne '0') { 'dockerd needs root' }
    if ($reason -and $env:BASEIMAGE_FORBID_SKIPS -eq '1') { throw "Skips are forbidden: $reason." }
    $lacksEngine = [bool] $reason
    if ($reason) { Write-Host "    skipped: $reason" }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    Push-Location $TestDrive
    $lacks = -not (Test-Maker) -or -not (Get-Command dockerd -CommandType Application -ErrorAction Ignore) -or (id -u) -ne '0'
    if (-not $lacks) {
        $bench = Get-BuiltBench
        $engine = Start-Engine
        $dockerHost = $engine.Address
        Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Load -Tag pester -DockerHost $dockerHost -ErrorAction Stop | Out-Null
    }
}

AfterAll {
    if ($engine) { Stop-Engine $engine }
    Pop-Location
}

Describe 'An engine''s images' -Skip:$lacksEngine {
    It 'are listed, one row an image' {
        $image = Get-BaseImage docker-daemon:small:pester -DockerHost $dockerHost
        $image | Should -HaveCount 1
        "$($image.ImageId)" | Should -BeLike 'sha256:*'
        $image.ImageId | Should -Be $bench.Built.ImageId
    }

    It 'have files and packages' {
        "$((Get-BaseImageFile small:pester /usr/bin/hello -DockerHost $dockerHost).Mode)" | Should -Be '4755'
        (Get-BaseImagePackage small:pester -DockerHost $dockerHost).Name | Should -Be @('greeting', 'hello')
    }

    It 'pipe from listing to auditing' {
        $rows = Get-BaseImage docker-daemon:small:pester -DockerHost $dockerHost | Test-BaseImage -Rule BI1*, BI2*
        $rows | Should -Not -BeNullOrEmpty
        $rows.Status | Should -Not -Contain 'Error'
    }

    It 'bring the engine that they were found in along, also beside images of elsewhere' {
        $mixed = @(Get-BaseImage docker-daemon:small:pester -DockerHost $dockerHost) + @(Get-BaseImage $bench.Built.Reference)
        @($mixed | Get-BaseImagePackage -Name hello).Count | Should -Be 2
        @($mixed[1, 0] | Get-BaseImageFile -Path /usr/bin/hello).Count | Should -Be 2
        { $mixed | Get-BaseImagePackage -DockerHost "unix://$TestDrive/none.sock" -ErrorAction Stop } | Should -Throw '*none.sock*'
    }

    It 'are not run under -WhatIf' {
        $rows = Test-BaseImage small:pester -IncludeRuntime -DockerHost $dockerHost -WhatIf
        ($rows | Where-Object { $_.RuleId -like 'BI5*' -and $_.Status -in 'Pass', 'Fail' }) | Should -BeNullOrEmpty
    }

    It 'are run locked down with -IncludeRuntime, and nothing is left' {
        $rows = Test-BaseImage small:pester -IncludeRuntime -DockerHost $dockerHost -Confirm:$false
        @($rows | Where-Object RuleId -Like 'BI5*').Count | Should -BeGreaterThan 2
        docker -H $dockerHost ps -aq | Should -BeNullOrEmpty
        docker -H $dockerHost volume ls -q | Should -BeNullOrEmpty
    }
}

Describe 'No engine' {
    It 'is one clear error that says what to do' {
        $failure = (Get-Failure { Get-BaseImage docker-daemon:alpine -DockerHost "unix://$TestDrive/none.sock" })[0]
        $failure.CategoryInfo.Category | Should -BeIn @('ConnectionError', 'ObjectNotFound', 'ResourceUnavailable', 'OpenError')
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$failure" | Should -BeLike '*none.sock*'
    }

    It 'over ssh is refused with what to do instead' {
        (Get-Failure { Get-BaseImage docker-daemon:alpine -DockerHost ssh://somewhere })[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
