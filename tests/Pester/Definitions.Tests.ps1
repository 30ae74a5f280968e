BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench
    Push-Location $TestDrive
}

AfterAll { Pop-Location }

Describe 'New-BaseImageProject' {
    It 'makes nothing under -WhatIf' {
        New-BaseImageProject web -WhatIf | Should -BeNullOrEmpty
        Test-Path ./web | Should -BeFalse
    }

    It 'writes files that Get-BaseImageDefinition reads' {
        $files = New-BaseImageProject web -Template static
        $files | Should -BeOfType ([System.IO.FileInfo])
        $definition = Get-BaseImageDefinition ./web
        $definition.Name | Should -Be 'web'
        $definition | Should -BeOfType ([BaseImage.ImageDefinition])
    }

    It 'does not overwrite, unless told to' {
        New-BaseImageProject twice | Out-Null
        Assert-Failure (Get-Failure { New-BaseImageProject twice })[0] PathExists ResourceExists
        New-BaseImageProject twice -Force | Should -Not -BeNullOrEmpty
    }

    It 'takes names from the pipeline, by value and by property name' {
        'a1', 'a2' | New-BaseImageProject | Out-Null
        (Get-BaseImageDefinition a1, a2).Name | Should -Be @('a1', 'a2')
        [pscustomobject]@{ Name = 'a3'; Path = './other' } | New-BaseImageProject | Out-Null
        (Get-BaseImageDefinition ./other).Name | Should -Be 'a3'
    }

    It 'names the templates when one is unknown, and completes them' {
        $failure = (Get-Failure { New-BaseImageProject x -Template nonsense })[0]
        "$failure$($failure.ErrorDetails.RecommendedAction)" | Should -BeLike '*static*'
        (Get-Completion 'New-BaseImageProject x -Template st').CompletionText | Should -Contain 'static'
    }

    It 'refuses a name that is none' {
        (Get-Failure { New-BaseImageProject 'Not A Name' })[0].FullyQualifiedErrorId | Should -Not -BeLike 'InternalError*'
        Test-Path './Not A Name' | Should -BeFalse
    }
}

Describe 'Get-BaseImageDefinition' {
    BeforeAll {
        New-BaseImageProject one -Path ./set/one | Out-Null
        New-BaseImageProject two -Path ./set/two -Template base | Out-Null
    }

    It 'finds definitions in sub-folders and by wildcard' {
        (Get-BaseImageDefinition ./set -Recurse).Name | Should -Be @('one', 'two')
        (Get-BaseImageDefinition './set/*').Name | Should -Be @('one', 'two')
    }

    It 'reads the present folder where no path is given' {
        Push-Location ./set/one
        try { (Get-BaseImageDefinition).Name | Should -Be 'one' } finally { Pop-Location }
    }

    It 'takes files from the pipeline, by value and by property name' {
        (Get-ChildItem ./set -Recurse -Filter *.image.psd1 | Get-BaseImageDefinition).Count | Should -Be 2
        ([pscustomobject]@{ FullName = (Resolve-Path ./set/one).Path } | Get-BaseImageDefinition).Name | Should -Be 'one'
    }

    It 'reports a bad item and goes on' {
        $names = ('./set/none', './set/two' | Get-BaseImageDefinition -ErrorVariable failure -ErrorAction SilentlyContinue).Name
        $names | Should -Be 'two'
        Assert-Failure $failure[0] PathNotFound ObjectNotFound
    }

    It 'ends at the first bad item under -ErrorAction Stop' {
        { './set/none', './set/two' | Get-BaseImageDefinition -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
    }

    It 'says file, line, column and the nearest key of a mistake' {
        $path = New-SmallDefinition ./mistaken
        (Get-Content $path -Raw).Replace('Platforms ', 'Platfroms ') | Set-Content $path
        $failure = (Get-Failure { Get-BaseImageDefinition ./mistaken })[0]
        Assert-Failure $failure DefinitionInvalid InvalidData
        "$failure" | Should -BeLike '*small.image.psd1*5*Platforms*'
    }

    It 'runs no code of a definition' {
        Set-Content ./evil.image.psd1 "@{ Name = `$(New-Item '$TestDrive/was-run'; 'x') }"
        (Get-Failure { Get-BaseImageDefinition ./evil.image.psd1 })[0].FullyQualifiedErrorId | Should -BeLike 'DefinitionInvalid,*'
        Test-Path ./was-run | Should -BeFalse
    }

    It 'prints lists that show their items' {
        $text = Get-BaseImageDefinition ./set/one | Format-List | Out-String
        $text | Should -BeLike '*linux/amd64*'
        $text | Should -Not -BeLike '*System.*'
    }
}
