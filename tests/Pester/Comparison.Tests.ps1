BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $lacksMaker = -not (Test-Maker)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    if (Test-Maker) {
        $bench = Get-BuiltBench
        $same = "oci:$(Join-Path $TestDrive 'same')"
        $other = "oci:$(Join-Path $TestDrive 'other')"
        $options = @{ Mirror = $bench.Mirror; Offline = $true; Confirm = $false }
        Build-BaseImage $bench.Project @options -Destination $same | Out-Null
        Build-BaseImage $bench.Project @options -Destination $other -SourceDateEpoch 1000000000 | Out-Null
        $next = Join-Path $TestDrive 'next'
        $mirror = Join-Path $TestDrive 'mirror'
        New-SmallArchive $mirror -Version '1.1' -Day 2
        New-SmallDefinition $next | Out-Null
        Update-BaseImageLock $next -Mirror $mirror -Offline | Out-Null
        $updated = "oci-archive:$(Join-Path $TestDrive 'updated.tar')"
        Build-BaseImage $next -Mirror $mirror -Offline -Destination $updated -Confirm:$false | Out-Null
    }

    Push-Location $TestDrive
}

AfterAll { Pop-Location }

Describe 'Compare-BaseImage' -Skip:$lacksMaker {
    It 'says Identical, with an object and no difference' {
        $found = Compare-BaseImage store:small $same
        $found | Should -BeOfType ([BaseImage.ImageComparison])
        $found.Verdict | Should -Be Identical
        $found.Basis | Should -Be Digest
        $found.Differences | Should -HaveCount 0
        $found.SizeDelta | Should -Be 0
    }

    It 'says Equivalent where only times differ, and names the cause' {
        $found = Compare-BaseImage store:small $other
        $found.Verdict | Should -Be Equivalent
        $found.Differences.Kind | Sort-Object -Unique | Should -Not -Contain Content
        ($found.Differences | Where-Object Kind -EQ Time).Cause | Sort-Object -Unique | Should -Be Timestamp
    }

    It 'says Different where a package is of another version, with both versions and bytes' {
        $found = Compare-BaseImage store:small $updated
        $found.Verdict | Should -Be Different
        $package = $found.Differences | Where-Object Kind -EQ Package
        $package.Path | Should -BeLike 'hello*'
        $package.ReferenceValue, $package.DifferenceValue | Should -Be '1.0', '1.1'
        $found.Differences[0].Kind | Should -Be Package
    }

    It 'lists no more than is asked for and counts the rest, and refuses a folder without a Dockerfile' {
        $few = Compare-BaseImage store:small $updated -MaximumDifference 1 -WarningAction SilentlyContinue -WarningVariable warned
        $few.Differences.Count | Should -Be 1
        $few.DifferencesOmitted | Should -Be ((Compare-BaseImage store:small $updated).Differences.Count - 1)
        "$warned" | Should -Match 'not listed'
        $empty = (New-Item -ItemType Directory (Join-Path $TestDrive 'empty')).FullName
        Assert-Failure (Get-Failure { Compare-BaseImage store:small $updated -Dockerfile $empty })[0] PathNotFound ObjectNotFound
    }

    It 'lists the kinds that are asked for; the verdict counts all' {
        $found = Compare-BaseImage store:small $updated -Kind Package, Mode
        $found.Verdict | Should -Be Different
        $found.Differences.Kind | Should -Be Package
        $found.Summary | Should -Match 'Package'
        $found.Differences.Count | Should -BeLessThan (Compare-BaseImage store:small $updated).Differences.Count
    }

    It 'takes the difference image from the pipeline, by value and by property name, and several' {
        (Get-BaseImage $other | Compare-BaseImage store:small).Verdict | Should -Be Equivalent
        ([pscustomobject]@{ Reference = $same } | Compare-BaseImage -ReferenceImage store:small).Verdict | Should -Be Identical
        ($same, $other | Compare-BaseImage store:small).Verdict | Should -Be Identical, Equivalent
        (Compare-BaseImage (Get-BaseImage store:small) $same).Verdict | Should -Be Identical
    }

    It 'goes on after an image that is not there' {
        $found = 'oci:./absent', $same | Compare-BaseImage store:small -ErrorVariable failure -ErrorAction SilentlyContinue
        $found.Verdict | Should -Be Identical
        Assert-Failure $failure[0] PathNotFound ObjectNotFound
    }

    It 'takes a platform, and refuses one that is not there' {
        (Compare-BaseImage store:small $same -Platform linux/amd64).Verdict | Should -Be Identical
        Assert-Failure (Get-Failure { Compare-BaseImage store:small $same -Platform linux/arm64 })[0] ImageNotFound ObjectNotFound
    }

    It 'prints a table that groups by kind, and a list' {
        $table = (Compare-BaseImage store:small $updated).Differences | Format-Table | Out-String -Width 160
        $table | Should -Match 'Kind: Package'
        $table.IndexOf('Kind: Package') | Should -BeLessThan $table.IndexOf('Kind: Content')
        Compare-BaseImage store:small $updated | Out-String -Width 160 | Should -Match 'Different'
        Compare-BaseImage store:small $same | Out-String -Width 160 | Should -Match 'Identical[^\n]*none'
        Compare-BaseImage store:small $updated | Format-List | Out-String -Width 160 | Should -Match 'Version 1.0 became 1.1'
    }

    It 'completes kinds and images' {
        (Get-Completion 'Compare-BaseImage a b -Kind Con').CompletionText | Should -Be @('Config', 'Content')
        (Get-Completion 'Compare-BaseImage store:sm').CompletionText | Should -Contain 'store:small:latest'
    }

    It 'refuses a Dockerfile that is not there' {
        Assert-Failure (Get-Failure { Compare-BaseImage store:small $same -Dockerfile ./none })[0] PathNotFound ObjectNotFound
    }
}
