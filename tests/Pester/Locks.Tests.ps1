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

Describe 'Update-BaseImageLock' -Skip:$lacksMaker {
    BeforeEach {
        $project = Join-Path $TestDrive ([guid]::NewGuid())
        New-SmallDefinition $project | Out-Null
    }

    It 'writes nothing under -WhatIf' {
        Update-BaseImageLock $project -Mirror $bench.Mirror -Offline -WhatIf | Out-Null
        Get-ChildItem $project | Should -HaveCount 1
    }

    It 'writes the lock and says what is new' {
        $changes = Update-BaseImageLock $project -Mirror $bench.Mirror -Offline
        $changes | Should -BeOfType ([BaseImage.LockChange])
        $changes.Package | Should -Be @('greeting', 'hello')
        Test-Path "$project/small.lock.json" | Should -BeTrue
        Update-BaseImageLock $project -Mirror $bench.Mirror -Offline | Should -BeNullOrEmpty
    }

    It 'applies only the changes that are piped in' {
        Update-BaseImageLock $project -Mirror $bench.Mirror -Offline | Out-Null
        $newer = Join-Path $TestDrive 'newer'
        Copy-Item $bench.Mirror $newer -Recurse
        New-SmallArchive $newer '2.0' 2
        $changes = Get-BaseImageUpdate $project -Mirror $newer -Offline
        $changes.Package | Should -Be 'hello'
        "$($changes.OldVersion) $($changes.NewVersion)" | Should -Be '1.0 2.0'
        ($changes | Where-Object Package -EQ greeting | Update-BaseImageLock $project -Mirror $newer -Offline) | Should -BeNullOrEmpty
        ($changes | Update-BaseImageLock $project -Mirror $newer -Offline).NewVersion | Should -Be '2.0'
    }

    It 'refuses what is not a mirror' {
        (Get-Failure { Update-BaseImageLock $project -Mirror 42.5 })[0].FullyQualifiedErrorId | Should -BeLike 'MirrorArgumentInvalid,*'
    }

    It 'names the package that no archive has' {
        (Get-Content "$project/small.image.psd1" -Raw).Replace("'hello'", "'helol'") | Set-Content "$project/small.image.psd1"
        $failure = (Get-Failure { Update-BaseImageLock $project -Mirror $bench.Mirror -Offline })[0]
        "$failure" | Should -BeLike '*helol*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Test-Path "$project/small.lock.json" | Should -BeFalse
    }
}

Describe 'Get-BaseImageUpdate' -Skip:$lacksMaker {
    It 'says what a new lock would change, and changes nothing' {
        $project = Join-Path $TestDrive 'update'
        New-SmallDefinition $project | Out-Null
        (Get-BaseImageUpdate $project -Mirror $bench.Mirror -Offline).Count | Should -Be 2
        Get-ChildItem $project | Should -HaveCount 1
    }

    It 'has nothing to say of a lock that is up to date' {
        Get-BaseImageUpdate $bench.Project -Mirror $bench.Mirror -Offline | Should -BeNullOrEmpty
    }
}

Describe 'Get-BaseImageLock' -Skip:$lacksMaker {
    It 'reads the lock beside a definition, in a folder and by wildcard' {
        (Get-BaseImageLock "$($bench.Project)/small.image.psd1").Name | Should -Be 'small'
        (Get-BaseImageLock $bench.Project).Platforms[0].Packages.Name | Should -Be @('greeting', 'hello')
        (Get-BaseImageLock "$($bench.Root)/proj*").Name | Should -Be 'small'
        (Get-BaseImageLock $bench.Root -Recurse).Count | Should -BeGreaterOrEqual 1
    }

    It 'takes files from the pipeline' {
        (Get-Item "$($bench.Project)/small.lock.json" | Get-BaseImageLock).Name | Should -Be 'small'
    }

    It 'says that there is none, and how to make one' {
        New-SmallDefinition ./bare | Out-Null
        $failure = (Get-Failure { Get-BaseImageLock ./bare })[0]
        Assert-Failure $failure LockNotFound ObjectNotFound
    }

    It 'says where a lock is damaged' {
        Copy-Item $bench.Project ./damaged -Recurse
        (Get-Content ./damaged/small.lock.json -Raw).Replace('hello', 'hallo') | Set-Content ./damaged/small.lock.json
        $failure = (Get-Failure { Get-BaseImageLock ./damaged })[0]
        "$failure" | Should -BeLike '*small.lock.json*'
        $failure.CategoryInfo.Category | Should -BeIn @('InvalidData', 'SecurityError')
    }
}

Describe 'Test-BaseImageLock' -Skip:$lacksMaker {
    It 'says of each check whether it holds' {
        $result = Test-BaseImageLock $bench.Project -Mirror $bench.Mirror -Offline
        $result | Should -BeOfType ([BaseImage.LockResult])
        $result.Checks.Count | Should -BeGreaterThan 2
        $result.Checks.Status | Should -Not -Contain 'Fail'

        # Of an unsigned archive there is no signature to verify: that is not a yes.
        Test-BaseImageLock $bench.Project -Mirror $bench.Mirror -Offline -Quiet | Should -BeFalse
    }

    It 'says no where the definition has changed' {
        Copy-Item $bench.Project ./changed -Recurse
        (Get-Content ./changed/small.image.psd1 -Raw).Replace("'65532:65532'", "'0:0'") | Set-Content ./changed/small.image.psd1
        Test-BaseImageLock ./changed -Mirror $bench.Mirror -Offline -Quiet | Should -BeFalse
    }

    It 'answers Quiet with false where a lock is no lock' {
        New-SmallDefinition ./broken | Out-Null
        Set-Content ./broken/small.lock.json '{ "not": "a lock" }'
        Test-BaseImageLock ./broken -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
    }
}

Describe 'Save-BaseImagePackage' -Skip:$lacksMaker {
    It 'writes nothing under -WhatIf' {
        Save-BaseImagePackage $bench.Project ./not -Mirror $bench.Mirror -Offline -WhatIf | Should -BeNullOrEmpty
        Test-Path ./not | Should -BeFalse
    }

    It 'writes a mirror that builds the same image offline' {
        $files = Save-BaseImagePackage $bench.Project ./saved -Mirror $bench.Mirror -Offline
        $files | Should -BeOfType ([System.IO.FileInfo])
        $files.Name | Should -Contain 'hello_1.0_amd64.deb'
        $env:BASEIMAGE_CACHE = Join-Path $TestDrive 'empty-cache'
        try { (Build-BaseImage $bench.Project -Mirror ./saved -Offline -Destination oci:./from-saved).Digest | Should -Be $bench.Built.Digest }
        finally { $env:BASEIMAGE_CACHE = Join-Path $bench.Root 'cache' }
    }
}
