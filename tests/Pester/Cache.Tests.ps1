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

AfterAll {
    $env:BASEIMAGE_CACHE = Join-Path $bench.Root 'cache'
    Pop-Location
}

Describe 'Get-BaseImageCache' -Skip:$lacksMaker {
    BeforeEach {
        $env:BASEIMAGE_CACHE = Join-Path $TestDrive ([guid]::NewGuid())
        New-Item -ItemType Directory $env:BASEIMAGE_CACHE | Out-Null
        Get-ChildItem (Join-Path $bench.Root 'cache') -Exclude tmp | Copy-Item -Destination $env:BASEIMAGE_CACHE -Recurse
    }

    It 'shows packages, fragments, layers and listings by their names' {
        $entries = Get-BaseImageCache
        $entries | Should -BeOfType ([BaseImage.CacheEntry])
        ($entries | Where-Object Kind -EQ Package).Name | Should -Contain 'hello 1.0 (amd64)'
        ($entries | Where-Object Kind -EQ Fragment).Name | Should -Contain 'hello'
        ($entries.Kind | Sort-Object -Unique) -join ' ' | Should -BeLike '*Package*Listing*Fragment*Layer*'
        ($entries | Measure-Object Size -Sum).Sum | Should -Be (Get-ChildItem $env:BASEIMAGE_CACHE -Recurse -File | Where-Object { $_.FullName -notlike '*/locks/*' } | Measure-Object Length -Sum).Sum
    }

    It 'filters by kind, name and age' {
        (Get-BaseImageCache -Kind Package, Listing).Count | Should -Be 4
        (Get-BaseImageCache hello* -Kind Package).Name | Should -Be 'hello 1.0 (amd64)'
        Get-BaseImageCache -OlderThan 1d | Should -BeNullOrEmpty
        Get-BaseImageCache -UnusedFor 4w | Should -BeNullOrEmpty
        (Get-ChildItem $env:BASEIMAGE_CACHE -Recurse -File -Filter * | Where-Object { $_.FullName -like '*/blobs/*' })[0] | ForEach-Object {
            $_.LastAccessTimeUtc = $_.LastWriteTimeUtc = [datetime]::UtcNow.AddDays(-40)
        }
        Get-BaseImageCache -UnusedFor 30d | Should -HaveCount 1
        Get-BaseImageCache -UnusedFor ([timespan]::FromDays(50)) | Should -BeNullOrEmpty
    }

    It 'finds what is damaged, and a build makes it again' {
        Clear-BaseImageCache
        Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination oci:./before | Out-Null
        $blob = (Get-BaseImageCache -Kind Fragment hello).Path
        $bytes = [System.IO.File]::ReadAllBytes($blob)
        $bytes[30] = $bytes[30] -bxor 1
        [System.IO.File]::WriteAllBytes($blob, $bytes)
        (Get-BaseImageCache -Verify | Where-Object Status -EQ Damaged).Path | Should -Be $blob
        (Get-BaseImageCache -Verify | Where-Object Status -EQ Sound).Count | Should -BeGreaterThan 5
        (Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination oci:./again).Digest | Should -Be $bench.Built.Digest
        Get-BaseImageCache -Verify | Where-Object Status -EQ Damaged | Should -BeNullOrEmpty
    }

    It 'makes no cache by looking' {
        $env:BASEIMAGE_CACHE = Join-Path $TestDrive 'never'
        Get-BaseImageCache | Should -BeNullOrEmpty
        Test-Path $env:BASEIMAGE_CACHE | Should -BeFalse
    }

    It 'refuses an age that is none' {
        { Get-BaseImageCache -UnusedFor soon } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
        { Get-BaseImageCache -Kind Nonsense } | Should -Throw -ErrorId 'CannotConvertArgument*'
    }

    It 'completes names and kinds' {
        (Get-Completion 'Get-BaseImageCache hel').CompletionText | Should -Contain 'hello'
        (Get-Completion 'Get-BaseImageCache -Kind Fra').CompletionText | Should -Be 'Fragment'
    }
}

Describe 'Clear-BaseImageCache' -Skip:$lacksMaker {
    BeforeEach {
        $env:BASEIMAGE_CACHE = Join-Path $TestDrive ([guid]::NewGuid())
        New-Item -ItemType Directory $env:BASEIMAGE_CACHE | Out-Null
        Get-ChildItem (Join-Path $bench.Root 'cache') -Exclude tmp | Copy-Item -Destination $env:BASEIMAGE_CACHE -Recurse
    }

    It 'removes nothing under -WhatIf' {
        $before = (Get-BaseImageCache).Count
        Clear-BaseImageCache -WhatIf
        (Get-BaseImageCache).Count | Should -Be $before
    }

    It 'removes everything, spares the store, and the next build gives the same digest' {
        Clear-BaseImageCache
        Get-BaseImageCache | Should -BeNullOrEmpty
        (Get-BaseImage store:small).Digest | Should -Be $bench.Built.Digest
        (Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination oci:./cleared).Digest | Should -Be $bench.Built.Digest
    }

    It 'removes what comes down the pipeline, objects and rows of a CSV alike' {
        Get-BaseImageCache | Where-Object Kind -EQ Fragment | Clear-BaseImageCache
        Get-BaseImageCache -Kind Fragment | Should -BeNullOrEmpty
        Get-BaseImageCache -Kind Package | Export-Csv ./cache.csv
        (Import-Csv ./cache.csv | Clear-BaseImageCache -PassThru).Kind | Should -Be @('Package', 'Package')
        Get-BaseImageCache -Kind Package | Should -BeNullOrEmpty
        Get-BaseImageCache -Kind Listing | Should -Not -BeNullOrEmpty
    }

    It 'shrinks to a size, least recently used first' {
        $oldest = (Get-BaseImageCache -Kind Package hello*).Path
        (Get-Item $oldest).LastAccessTimeUtc = (Get-Item $oldest).LastWriteTimeUtc = [datetime]::UtcNow.AddDays(-3)
        $size = (Get-BaseImageCache | Measure-Object Size -Sum).Sum
        (Clear-BaseImageCache -MaximumSize ($size - 1) -PassThru).Path | Should -Be $oldest
        Clear-BaseImageCache -MaximumSize 0
        Get-BaseImageCache | Should -BeNullOrEmpty
    }

    It 'takes nothing that is not in the cache' {
        Set-Content ./mine.txt 'mine'
        $failure = (Get-Failure { [pscustomobject]@{ Path = "$TestDrive/mine.txt" } | Clear-BaseImageCache })[0]
        Assert-Failure $failure CacheEntryUnknown ObjectNotFound
        Test-Path ./mine.txt | Should -BeTrue
        (Get-Failure { [pscustomobject]@{ Path = "$env:BASEIMAGE_CACHE/locks/x" } | Clear-BaseImageCache }).Count | Should -BeLessOrEqual 1
    }

    It 'asks first, and does nothing where the answer is no' {
        $text = 'L' | & (Get-Shell) -NoProfile -Command "Import-Module '$(Get-Manifest)'; Clear-BaseImageCache -Confirm" 2>&1 | Out-String
        $text | Should -BeLike '*Confirm*'
        Get-BaseImageCache | Should -Not -BeNullOrEmpty
    }
}
