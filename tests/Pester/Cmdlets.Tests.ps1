BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1') -Force
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

    It 'does not overwrite' {
        New-BaseImageProject twice | Out-Null
        New-BaseImageProject twice -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure.Count | Should -Be 1
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        New-BaseImageProject twice -Force | Should -Not -BeNullOrEmpty
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

    It 'takes files from the pipeline, by value and by property name' {
        (Get-ChildItem ./set -Recurse -Filter *.image.psd1 | Get-BaseImageDefinition).Count | Should -Be 2
        ([pscustomobject]@{ FullName = (Resolve-Path ./set/one).Path } | Get-BaseImageDefinition).Name | Should -Be 'one'
    }

    It 'reports a bad item and goes on' {
        $names = ('./set/none', './set/two' | Get-BaseImageDefinition -ErrorVariable failure -ErrorAction SilentlyContinue).Name
        $names | Should -Be 'two'
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        $failure[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'prints a table with fixed columns and lists that show their items' {
        $text = Get-BaseImageDefinition ./set/one | Format-List | Out-String
        $text | Should -BeLike '*linux/amd64*'
        $text | Should -Not -BeLike '*System.*'
    }
}

Describe 'Locks' {
    It 'says that there is none yet' {
        New-BaseImageProject bare | Out-Null
        Build-BaseImage ./bare -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'LockNotFound,*'
        $failure[0].ErrorDetails.RecommendedAction | Should -BeLike '*Update-BaseImageLock*'
    }

    It 'answers Quiet with false where a lock is no lock' {
        New-BaseImageProject broken | Out-Null
        $definition = (Get-BaseImageDefinition ./broken)
        Set-Content $definition.LockPath '{ "not": "a lock" }'
        Test-BaseImageLock ./broken -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
    }

    It 'refuses what is not a mirror' {
        New-BaseImageProject mirror | Out-Null
        Update-BaseImageLock ./mirror -Mirror 42.5 -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'MirrorArgumentInvalid,*'
    }
}

Describe 'Images' {
    It '<_> reports an image that is not there' -ForEach 'Get-BaseImage', 'Get-BaseImageFile', 'Get-BaseImagePackage' {
        & $_ oci:./no-such-layout -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Not -BeLike 'InternalError*'
    }

    It 'refuses a platform that is none' {
        { Get-BaseImageFile oci:./x -Platform amd64 } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }
}

Describe 'Audits' {
    It 'makes a row of an image that cannot be read, even under Stop' {
        $rows = Test-BaseImage oci:./no-such-layout -ErrorAction Stop
        $rows | Should -Not -BeNullOrEmpty
        $rows[0].Status | Should -Be 'Error'
    }

    It 'takes Reference by property name' {
        ([pscustomobject]@{ Reference = 'oci:./no-such-layout' } | Test-BaseImage)[0].Status | Should -Be 'Error'
    }

    It 'writes reports, passes on, and asserts' {
        { Test-BaseImage oci:./no-such-layout | Export-BaseImageReport -Path ./a.csv, ./a.json -PassThru | Assert-BaseImage -MinimumSeverity Info } |
            Should -Throw -ErrorId 'AuditFailed,*'
        (Import-Csv ./a.csv)[0].Status | Should -Be 'Error'
        (Get-Content ./a.json -Raw | ConvertFrom-Json) | Should -Not -BeNullOrEmpty
    }

    It 'ends the process with 2 for findings under EnableExit, even under Stop' {
        $manifest = (Get-Module BaseImage).Path
        $manifest = Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1'
        $null = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; Test-BaseImage oci:./no-such-layout | Assert-BaseImage -MinimumSeverity Info -EnableExit" 3>$null
        $LASTEXITCODE | Should -Be 2
    }

    It 'exports every list as its items' {
        Get-BaseImageRule BI1001 | Export-Csv ./rules.csv
        $row = Import-Csv ./rules.csv
        $row.Equivalent | Should -BeLike '*;*'
        $row.References | Should -Not -BeLike 'System.*'
    }

    It 'shows Severity as a word with colour or without' {
        $PSStyle.OutputRendering = 'Ansi'
        Get-BaseImageRule BI1001 | Out-String | Should -BeLike '*High*'
        $PSStyle.OutputRendering = 'PlainText'
        Get-BaseImageRule BI1001 | Out-String | Should -BeLike '*High*'
        $PSStyle.OutputRendering = 'Host'
    }

    It 'completes rule ids' {
        (TabExpansion2 'Test-BaseImage x -Rule BI10').CompletionMatches.CompletionText | Should -Contain 'BI1001'
    }
}
