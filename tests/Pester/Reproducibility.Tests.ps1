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

Describe 'Test-BaseImageReproducibility' -Skip:$lacksMaker {
    It 'says that a definition builds to the same digest, under all conditions at once' {
        $result = Test-BaseImageReproducibility $bench.Project -Mirror $bench.Mirror -Offline
        $result | Should -BeOfType ([BaseImage.ReproducibilityResult])
        $result.IsReproducible | Should -BeTrue
        $result.Digest | Should -Be $bench.Built.Digest
        $result.Builds | Should -HaveCount 2
        $result.Builds[1].Varied | Should -Be 'Time', 'Cache', 'Parallelism', 'Locale'
        $result.Differences | Should -HaveCount 0
    }

    It 'takes definitions from the pipeline, varies what is asked for, and keeps the builds' {
        $result = Get-Item (Join-Path $bench.Project '*.image.psd1') | Test-BaseImageReproducibility -Mirror $bench.Mirror -Offline -Vary Cache, Locale -Repeat 1 -DestinationPath ./kept
        $result.Builds | Should -HaveCount 4
        ($result | ConvertTo-Csv) -join '' | Should -Not -BeLike '*System.*'
        (Compare-BaseImage "oci:$($result.DestinationPath)/1" "oci:$($result.DestinationPath)/4").Verdict | Should -Be Identical
    }

    It 'completes conditions, and refuses one that means nothing here' {
        $line = 'Test-BaseImageReproducibility -Vary Loc'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'Locale'
        Assert-Failure (Get-Failure { Test-BaseImageReproducibility $bench.Project -Mirror $bench.Mirror -Offline -Vary Umask })[0] ConditionNotVaried InvalidArgument
    }

    It 'names a lock that is missing' {
        New-Item -ItemType Directory ./unlocked | Out-Null
        Copy-Item (Join-Path $bench.Project '*.image.psd1') ./unlocked
        Assert-Failure (Get-Failure { Test-BaseImageReproducibility ./unlocked })[0] LockNotFound ObjectNotFound
    }
}
