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

Describe 'An image that is not there' {
    It 'is an error of <_>' -ForEach 'Get-BaseImage', 'Get-BaseImageFile', 'Get-BaseImagePackage', 'Measure-BaseImage', 'Compare-BaseImage' {
        $command = $_
        $second = if ($command -eq 'Compare-BaseImage') { @{ DifferenceImage = 'oci:./no-such-layout' } } else { @{} }
        $failure = Get-Failure { & $command oci:./no-such-layout @second }
        $failure | Should -HaveCount 1
        $failure[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Get-BaseImage' -Skip:$lacksMaker {
    It 'lists the store where no image is given' {
        (Get-BaseImage).Name | Should -Contain 'small'
    }

    It 'gives a reference that is pinned, which pipes on' {
        $image = Get-BaseImage store:small:latest
        $image.Reference | Should -Be "store:small@$($image.Digest)"
        ($image | Get-BaseImage).Digest | Should -Be $image.Digest
        ([pscustomobject]@{ Reference = $image.Reference } | Get-BaseImage).Digest | Should -Be $image.Digest
    }

    It 'goes on after an image that is not there' {
        $images = 'store:absent', 'store:small' | Get-BaseImage -ErrorVariable failure -ErrorAction SilentlyContinue
        $images.Name | Should -Be 'small'
        Assert-Failure $failure[0] ImageNotFound ObjectNotFound
    }

    It 'lists the others beside one that is damaged' {
        $layout = Join-Path $TestDrive 'damaged'
        Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination "oci:${layout}:good" -Confirm:$false | Out-Null
        Build-BaseImage $bench.Project -Mirror $bench.Mirror -Offline -Destination "oci:${layout}:bad" -SourceDateEpoch 1000000000 -Confirm:$false | Out-Null
        $bad = (Get-BaseImage "oci:${layout}:bad").Digest.Hex
        Set-Content (Join-Path $layout "blobs/sha256/$bad") 'x'
        $images = Get-BaseImage "oci:$layout" -ErrorVariable failure -ErrorAction SilentlyContinue
        $images.Tags | Should -Be 'good'
        $failure | Should -HaveCount 1
        "$($failure[0].TargetObject)" | Should -BeLike "*$bad"

        # An audit has a row for it, and who means one image of them is told.
        $rows = Test-BaseImage "oci:$layout" -Rule BI1001
        $rows.Status | Should -Contain 'Error'
        ($rows | Where-Object Status -EQ 'Error').Image | Should -BeLike "*$bad"
        $rows | Where-Object Status -NE 'Error' | Should -HaveCount 1
        (Get-Failure { Get-BaseImageFile "oci:$layout" }) | Should -HaveCount 1
    }

    It 'refuses a name that is none' {
        (Get-Failure { Get-BaseImage 'docker://' })[0].FullyQualifiedErrorId | Should -BeLike 'ImageReferenceInvalid,*'
    }

    It 'completes names of the store' {
        (Get-Completion 'Get-BaseImage store:sm').CompletionText | Should -Contain 'store:small:latest'
    }
}

Describe 'Get-BaseImageFile' -Skip:$lacksMaker {
    It 'lists files by wildcard, with modes that read as octal' {
        $file = Get-BaseImageFile store:small /usr/bin/*
        $file.Path | Should -Be '/usr/bin/hello'
        "$($file.Mode)" | Should -Be '4755'
        $file.Mode -eq '4755' | Should -BeTrue
        ($file.Mode -band 0x800) -ne 0 | Should -BeTrue
        (Get-BaseImageFile store:small | Where-Object { $_.Mode -band 0x800 }).Path | Should -Be '/usr/bin/hello'
        $file.Package | Should -Be 'hello'
    }

    It 'writes modes to a CSV as chmod takes them' {
        Get-BaseImageFile store:small /usr/bin/hello | Export-Csv ./files.csv
        (Import-Csv ./files.csv).Mode | Should -Be '4755'
    }

    It 'stops when the reader has enough' {
        (Get-BaseImageFile store:small | Select-Object -First 1).Path | Should -Not -BeNullOrEmpty
    }

    It 'takes images from the pipeline and a platform' {
        (Get-BaseImage store:small | Get-BaseImageFile -Path /etc/passwd -Platform linux/amd64).Size | Should -BeGreaterThan 0
        { Get-BaseImageFile oci:./x -Platform amd64 } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }
}

Describe 'Measure-BaseImage' -Skip:$lacksMaker {
    It 'counts what an attacker finds' {
        $surface = Measure-BaseImage store:small
        $surface | Should -BeOfType ([BaseImage.AttackSurface])
        $surface.SetIdFiles | Should -Be 1
        $surface.SetIdPaths | Should -Be '/usr/bin/hello'
        $surface.Packages | Should -BeGreaterThan 0
        $surface.Files | Should -Be @(Get-BaseImageFile store:small | Where-Object Kind -In File, HardLink).Count
        $surface.Size | Should -Be (Get-BaseImageFile store:small | Where-Object Kind -EQ File | Measure-Object Size -Sum).Sum
    }

    It 'takes images from the pipeline, by value and by property name' {
        (Get-BaseImage store:small | Measure-BaseImage -Platform linux/amd64).Digest | Should -Be (Measure-BaseImage store:small).Digest
        ([pscustomobject]@{ Reference = 'store:small' } | Measure-BaseImage).SetIdFiles | Should -Be 1
    }

    It 'prints a table, a list and a CSV of plain values' {
        Measure-BaseImage store:small | Format-Table | Out-String | Should -Match 'SetIdFiles'
        Measure-BaseImage store:small | Format-List | Out-String | Should -Match '/usr/bin/hello'
        Measure-BaseImage store:small | Export-Csv ./surface.csv
        Get-Content ./surface.csv -Raw | Should -Not -Match 'System\.'
    }
}

Describe 'Get-BaseImagePackage' -Skip:$lacksMaker {
    It 'lists packages of an image and of a lock' {
        (Get-BaseImagePackage store:small).Name | Should -Be @('greeting', 'hello')
        (Get-BaseImageLock $bench.Project | Get-BaseImagePackage -Name hel*).Reason | Should -Be 'says hello'
        (Get-BaseImagePackage "$($bench.Project)/small.lock.json" greeting).Reason | Should -Be 'needed by hello'
    }

    It 'compares versions as the archive does' {
        (Get-BaseImagePackage store:small | Where-Object Version -LT '1.0.1~rc1').Count | Should -Be 2
        Get-BaseImagePackage store:small | Where-Object Version -LT '1.0~' | Should -BeNullOrEmpty
    }

    It 'completes packages of the image that is typed' {
        (Get-Completion 'Get-BaseImagePackage store:small -Name he').CompletionText | Should -Be 'hello'
    }
}
