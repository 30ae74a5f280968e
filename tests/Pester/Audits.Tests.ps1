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

Describe 'Test-BaseImage' {
    It 'makes a row of an image that cannot be read, even under Stop' {
        $rows = Test-BaseImage oci:./no-such-layout -ErrorAction Stop
        $rows | Should -Not -BeNullOrEmpty
        $rows[0].Status | Should -Be 'Error'
    }

    It 'takes Reference by property name' {
        ([pscustomobject]@{ Reference = 'oci:./no-such-layout' } | Test-BaseImage)[0].Status | Should -Be 'Error'
    }

    It 'finds the set-id program of an image' -Skip:$lacksMaker {
        $rows = Get-BaseImage store:small | Test-BaseImage
        $rows | Should -BeOfType ([BaseImage.AuditResult])
        $bad = $rows | Where-Object { $_.Status -eq 'Fail' -and "$($_.Findings)$($_.Evidence)" -like '*/usr/bin/hello*' }
        $bad | Should -Not -BeNullOrEmpty
        $bad[0].Remediation | Should -Not -BeNullOrEmpty
        ($rows | Where-Object Severity -GE High).Count | Should -BeLessOrEqual $rows.Count
    }

    It 'evaluates the rules that are chosen, by wildcard, and not those left out' -Skip:$lacksMaker {
        (Test-BaseImage store:small -Rule BI1* -ExcludeRule BI1001).RuleId | Should -Not -Contain 'BI1001'
        (Test-BaseImage store:small -Rule BI1001).RuleId | Should -Be 'BI1001'
    }

    It 'shows what matters on a screen, and one line for the rest' -Skip:$lacksMaker {
        $text = & (Get-Shell) -NoProfile -NonInteractive -Command "Import-Module '$(Get-Manifest)'; Test-BaseImage store:small" | Out-String
        $text | Should -BeLike '*rules passed*'
        $text | Should -Not -Match '(?m)^BI\d+\s+\w+\s+Pass'
    }

    It 'completes rule ids' {
        (Get-Completion 'Test-BaseImage x -Rule BI10').CompletionText | Should -Contain 'BI1001'
        (Get-Completion 'Test-BaseImage x -ExcludeRule BI10').CompletionText | Should -Contain 'BI1001'
    }

    It 'refuses a policy that is not there' -Skip:$lacksMaker {
        Get-Failure { Test-BaseImage store:small -Policy ./none.psd1 } | Should -Not -BeNullOrEmpty
    }
}

Describe 'Add-BaseImageSuppression' {
    It 'accepts what was found, keeps comments, and counts again when its day is over' -Skip:$lacksMaker {
        Set-Content ./accept.psd1 "# why it is so`n@{`n    SchemaVersion = 1 # one`n}`n"
        $row = Test-BaseImage store:small -Rule BI2001
        $file = $row | Add-BaseImageSuppression ./accept.psd1 -Reason "it's wanted: `$(throw) ‘x’" -Owner 'tests' -Days 30
        $file | Should -BeOfType ([System.IO.FileInfo])
        Get-Content ./accept.psd1 -Raw | Should -BeLike '# why it is so*SchemaVersion = 1 # one*Rule = ''BI2001''*'
        $again = Test-BaseImage store:small -Rule BI2001 -Policy ./accept.psd1
        $again.Status | Should -Be 'Suppressed'
        $again.Message | Should -BeLike "*by tests: it's wanted: `$(throw) ‘x’*"
        $text = Get-Content ./accept.psd1 -Raw
        $row.Findings | Add-BaseImageSuppression ./accept.psd1 -Reason "it's wanted: `$(throw) ‘x’" -Owner 'tests' -Days 0 | Should -Not -BeNullOrEmpty
        Get-Content ./accept.psd1 -Raw | Should -Be $text
        $again | Add-BaseImageSuppression ./accept.psd1 -Reason 'longer' -Owner 'tests' -Until 2099-12-31
        (Test-BaseImage store:small -Rule BI2001 -Policy ./accept.psd1).Message | Should -BeLike '*2099-12-31*longer*'
    }

    It 'writes JSON, nothing under -WhatIf, and nothing for results that passed' -Skip:$lacksMaker {
        $row = Test-BaseImage store:small -Rule BI2001
        $row | Add-BaseImageSuppression ./none.json -Reason r -Owner o -Days 1 -WhatIf | Should -BeNullOrEmpty
        Test-Path ./none.json | Should -BeFalse
        $row | Add-BaseImageSuppression ./some.json -Reason r -Owner o -Days 1 | Should -Not -BeNullOrEmpty
        (Get-Content ./some.json -Raw | ConvertFrom-Json).Suppressions[0].Rule | Should -Be 'BI2001'
        Test-BaseImage store:small -Status Pass | Add-BaseImageSuppression ./none.json -Reason r -Owner o -Days 1 -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        Test-Path ./none.json | Should -BeFalse
    }

    It 'refuses a day that is over and a file of another kind' -Skip:$lacksMaker {
        $row = Test-BaseImage store:small -Rule BI2001
        Assert-Failure (Get-Failure { $row | Add-BaseImageSuppression ./x.psd1 -Reason r -Owner o -Until 2020-01-01 })[0] SuppressionInvalid InvalidArgument
        Get-Failure { $row | Add-BaseImageSuppression ./x.yaml -Reason r -Owner o -Days 1 } | Should -Not -BeNullOrEmpty
        { $row | Add-BaseImageSuppression ./x.psd1 -Reason ' ' -Owner o -Days 1 } | Should -Throw
    }
}

Describe 'New-BaseImageRule' {
    It 'makes one of each description of the pipeline' {
        $rules = [pscustomobject]@{ Id = 'P-1'; ScriptBlock = { 'odd' }; Severity = 'Low' }, [pscustomobject]@{ Id = 'P-2'; ScriptBlock = { } } | New-BaseImageRule -Category Own
        $rules.Id | Should -Be 'P-1', 'P-2'
        "$($rules[0].Severity) $($rules[1].Severity) $($rules[1].Category)" | Should -Be 'Low Medium Own'
    }

    It 'makes a rule that Test-BaseImage evaluates, with the image as $_' -Skip:$lacksMaker {
        $rule = New-BaseImageRule ACME-001 { if (-not $_.Config.Labels['org.example.owner']) { "No owner of $($_.Name)." } } -Title 'An owner is named' -Severity High -ConfigurationOnly
        $rule | Should -BeOfType ([BaseImage.AuditRule])
        $row = Test-BaseImage store:small -CustomRule $rule -Rule acme-*
        $row.RuleId, $row.Status, $row.Severity, $row.Message | Should -Be 'ACME-001', 'Fail', 'High', 'No owner of small.'
        (Test-BaseImage store:small -CustomRule $rule).RuleId | Should -Contain 'BI1001'
        (Test-BaseImage store:small -CustomRule $rule -ExcludeRule ACME-001).RuleId | Should -Not -Contain 'ACME-001'
    }

    It 'takes files, packages and objects as findings, and nothing as a pass' -Skip:$lacksMaker {
        $rules = @(
            New-BaseImageRule R-1 { $_.Files | Where-Object Path -eq '/usr/bin/hello' }
            New-BaseImageRule R-2 { $_.Packages | Where-Object Name -eq 'hello' }
            New-BaseImageRule R-3 { @{ Message = 'odd'; Path = '/etc/x'; Severity = 'Info'; Line = 3 } }
            New-BaseImageRule R-4 { [pscustomobject]@{ Message = 'bad'; Path = '/etc/y' } } -Severity Critical
            New-BaseImageRule R-5 { }
        )
        $rows = Test-BaseImage store:small -CustomRule $rules -Rule R-*
        $rows | Sort-Object RuleId | ForEach-Object { "$($_.RuleId) $($_.Status)" } | Should -Be 'R-1 Fail', 'R-2 Fail', 'R-3 Pass', 'R-4 Fail', 'R-5 Pass'
        ($rows | Where-Object RuleId -EQ 'R-1').Findings[0].Path | Should -Be '/usr/bin/hello'
        ($rows | Where-Object RuleId -EQ 'R-3').Findings[0].Line | Should -Be 3
        ($rows | Where-Object RuleId -EQ 'R-4').Findings[0].Severity | Should -Be 'Critical'
    }

    It 'makes a row of status Error of <Name>' -Skip:$lacksMaker -TestCases @(
        @{ Name = 'a throw'; Script = { throw 'it broke' }; Words = '*it broke*' }
        @{ Name = 'an error that ends nothing'; Script = { Get-Item ./no-such-file }; Words = '*no-such-file*' }
        @{ Name = 'a break'; Script = { break }; Words = '*' }
        @{ Name = 'an exit'; Script = { exit 3 }; Words = '*' }
        @{ Name = 'something that is no finding'; Script = { $true }; Words = '*Boolean*no finding*' }
        @{ Name = 'files where it asked for none'; Script = { $_.Files }; ConfigurationOnly = $true; Words = '*-ConfigurationOnly*' }
    ) {
        $rows = foreach ($once in 1) { Test-BaseImage store:small -CustomRule (New-BaseImageRule R-1 $Script -ConfigurationOnly:([bool]$ConfigurationOnly)) -Rule R-1, BI1001 }
        $row = $rows | Where-Object RuleId -EQ 'R-1'
        $row.Status | Should -Be 'Error'
        $row.Message | Should -BeLike $Words
        $rows.RuleId | Should -Contain 'BI1001'
    }

    It 'runs on the pipeline thread, with the variables and functions of its script' -Skip:$lacksMaker {
        function Get-Answer { "$answer on $([System.Threading.Thread]::CurrentThread.ManagedThreadId)" }
        $answer = 42
        (Test-BaseImage store:small -CustomRule (New-BaseImageRule R-1 { Get-Answer }) -Rule R-1).Message |
            Should -Be "42 on $([System.Threading.Thread]::CurrentThread.ManagedThreadId)"
    }

    It 'is under the policy: severity, suppression, turned off' -Skip:$lacksMaker {
        $rule = New-BaseImageRule R-1 { 'always' }
        "@{ SchemaVersion = 1; Severities = @{ 'R-1' = 'Low' }; Disabled = @{ 'R-2' = 'later' } }" > ./own.psd1
        $rows = Test-BaseImage store:small -CustomRule $rule, (New-BaseImageRule R-2 { 'always' }) -Rule R-* -Policy ./own.psd1
        $rows | ForEach-Object { "$($_.RuleId) $($_.Status) $($_.Severity)" } | Should -Be 'R-1 Fail Low', 'R-2 Skipped Medium'
        "@{ SchemaVersion = 1; Suppressions = @(@{ Rule = 'R-1'; Reason = 'r'; Owner = 'o'; Until = '2099-01-01' }) }" > ./own.psd1
        (Test-BaseImage store:small -CustomRule $rule -Rule R-1 -Policy ./own.psd1).Status | Should -Be 'Suppressed'
    }

    It 'refuses ids of the catalogue, ids twice, and texts' {
        Assert-Failure (Get-Failure { New-BaseImageRule BI9001 { } })[0] CustomRuleInvalid InvalidArgument
        Assert-Failure (Get-Failure { New-BaseImageRule 'a b' { } })[0] CustomRuleInvalid InvalidArgument
        { Test-BaseImage oci:./x -CustomRule (New-BaseImageRule R-1 { }), (New-BaseImageRule r-1 { }) } | Should -Throw -ErrorId 'CustomRuleInvalid,*'
        { Test-BaseImage oci:./x -CustomRule (Get-BaseImageRule BI1001) } | Should -Throw -ErrorId 'CustomRuleInvalid,*'
        { Test-BaseImage oci:./x -CustomRule ./rules.ps1 } | Should -Throw '*-CustomRule (& ./rules.ps1)*'
    }

    It 'is listed with the catalogue' {
        $rule = New-BaseImageRule R-1 { 'x' } -Title 'Mine'
        (Get-BaseImageRule R-* -CustomRule $rule).Title | Should -Be 'Mine'
        $rule | Format-List | Out-String | Should -BeLike "*Check*'x'*"
        $rule | ConvertTo-Csv | Out-String | Should -Not -BeLike '*System.*'
    }
}

Describe 'Test-BaseImageDockerfile' {
    BeforeAll {
        New-Item -ItemType Directory ./docker/web -Force | Out-Null
        "FROM debian`nUSER root" | Set-Content ./docker/web/Dockerfile
        "FROM debian:12`nRUM x" | Set-Content ./docker/Containerfile.odd
        'COPY . .' | Set-Content ./docker/notes.txt
    }

    It 'takes a file, a folder, a wildcard and the pipeline' {
        $row = Test-BaseImageDockerfile ./docker/web/Dockerfile -Rule BI6004
        $row | Should -BeOfType ([BaseImage.AuditResult])
        $row.Status | Should -Be 'Fail'
        $row.Findings[0].Line | Should -Be 2
        $row.Image | Should -Be (Get-Item ./docker/web/Dockerfile).FullName
        (Test-BaseImageDockerfile ./docker -Recurse -Rule BI6007).Image | Split-Path -Leaf | Sort-Object -Unique | Should -Be 'Containerfile.odd', 'Dockerfile'
        (Test-BaseImageDockerfile ./docker/w*/Docker* -Rule BI6007).Status | Should -Be 'Fail'
        (Get-ChildItem ./docker -Recurse -File -Filter Dockerfile | Test-BaseImageDockerfile -Rule BI6007).Status | Should -Be 'Fail'
        (Test-BaseImageDockerfile -Content 'FROM debian:latest' -Rule BI6008).Status | Should -Be 'Fail'
    }

    It 'makes a row of what cannot be read or parsed, even under Stop' {
        (Test-BaseImageDockerfile ./docker/none -ErrorAction Stop).RuleId | Should -Be 'BI6000'
        $rows = Test-BaseImageDockerfile ./docker/Containerfile.odd -ErrorAction Stop
        $rows[0].Status | Should -Be 'Error'
        $rows[0].Message | Should -BeLike 'Line 2, column 1:*'
        $rows.Status | Should -Not -Contain 'Pass'
    }

    It 'goes on to reports and verdicts' {
        Test-BaseImageDockerfile ./docker -Recurse -Status Fail, Error | Export-BaseImageReport -Path ./docker.csv, ./docker.sarif | Out-Null
        Get-Content ./docker.csv -Raw | Should -Not -BeLike '*System.*'
        (Get-Content ./docker.sarif -Raw | ConvertFrom-Json).runs[0].results.Count | Should -BeGreaterThan 1
        { Test-BaseImageDockerfile ./docker/web | Assert-BaseImage -MinimumSeverity High } | Should -Throw
    }

    It 'completes rule ids and refuses those that are not there' {
        (Get-Completion 'Test-BaseImageDockerfile x -Rule BI60').CompletionText | Should -Contain 'BI6001'
        Get-Failure { Test-BaseImageDockerfile ./docker/web -Rule BI6999 } | Should -Not -BeNullOrEmpty
    }
}

Describe 'Export-BaseImageReport' {
    It 'writes every report that is named, and passes on' {
        $files = Test-BaseImage oci:./no-such-layout | Export-BaseImageReport -Path ./a.csv, ./a.json
        $files | Should -BeOfType ([System.IO.FileInfo])
        (Import-Csv ./a.csv)[0].Status | Should -Be 'Error'
        (Get-Content ./a.json -Raw | ConvertFrom-Json) | Should -Not -BeNullOrEmpty
        (Test-BaseImage oci:./no-such-layout | Export-BaseImageReport -Path ./b.csv -PassThru)[0].Status | Should -Be 'Error'
    }

    It 'writes every format, and what is in them can be read' -Skip:$lacksMaker {
        $rows = Get-BaseImage store:small | Test-BaseImage
        $files = $rows | Export-BaseImageReport -Path ./all.sarif, ./all.junit.xml, ./all.html, ./all.md, ./all.csv, ./all.json
        $files.Count | Should -Be 6
        (Get-Content ./all.sarif -Raw | ConvertFrom-Json).runs[0].results.Count | Should -BeGreaterThan 0
        ([xml](Get-Content ./all.junit.xml -Raw)).testsuites.tests | Should -Be $rows.Count
        Get-Content ./all.html -Raw | Should -BeLike '*by package*</svg>*'
        Get-Content ./all.md -Raw | Should -BeLike '# Audit*| Fail |*'
        (Import-Csv ./all.csv).Count | Should -Be $rows.Count
    }

    It 'writes nothing under -WhatIf' {
        Test-BaseImage oci:./no-such-layout | Export-BaseImageReport -Path ./none.csv -WhatIf | Should -BeNullOrEmpty
        Test-Path ./none.csv | Should -BeFalse
    }

    It 'writes none where one of the endings is unknown' {
        $failure = $null
        try { $failure = (Get-Failure { Test-BaseImage oci:./no-such-layout | Export-BaseImageReport -Path ./c.csv, ./c.docx })[0] } catch { $failure = $_ }
        "$failure" | Should -BeLike '*c.docx*'
        Test-Path ./c.csv | Should -BeFalse
    }
}

Describe 'Assert-BaseImage' {
    It 'throws at the end, after the reports are written' {
        { Test-BaseImage oci:./no-such-layout | Export-BaseImageReport -Path ./d.csv -PassThru | Assert-BaseImage -MinimumSeverity Info } |
            Should -Throw -ErrorId 'AuditFailed,*'
        Test-Path ./d.csv | Should -BeTrue
    }

    It 'passes results on where none is bad enough' {
        (Get-BaseImageRule BI1001).Count | Should -Be 1
        @() | Assert-BaseImage | Should -BeNullOrEmpty
    }

    It 'ends the process with 2 for findings under -EnableExit, even under Stop' {
        $null = & (Get-Shell) -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; Import-Module '$(Get-Manifest)'; Test-BaseImage oci:./no-such-layout | Assert-BaseImage -MinimumSeverity Info -EnableExit" 3>$null
        $LASTEXITCODE | Should -Be 2
    }
}

Describe 'An audit in CI' {
    BeforeAll {
        # DESIGN, section 2: reports first, under any ErrorActionPreference; 0 clean, 1 the tool failed, 2 findings.
        function Invoke-Ci([string] $Image, [string] $Assert, [string] $Preference, [switch] $File) {
            Remove-Item ./ci.* -ErrorAction Ignore
            $line = "`$ErrorActionPreference = '$Preference'; Import-Module '$(Get-Manifest)'; Test-BaseImage $Image | Export-BaseImageReport -Path ./ci.sarif, ./ci.junit.xml -PassThru | Assert-BaseImage $Assert"
            Set-Content ./line.ps1 $line
            $null = if ($File) { & (Get-Shell) -NoProfile -NonInteractive -File ./line.ps1 *>&1 } else { & (Get-Shell) -NoProfile -NonInteractive -Command $line *>&1 }
            Test-Path ./ci.sarif, ./ci.junit.xml | Should -Be $true, $true
            $LASTEXITCODE
        }
    }

    It 'ends with 2 for findings under <Preference>, -File <File>' -TestCases @(
        @{ Preference = 'Stop'; File = $false }, @{ Preference = 'Stop'; File = $true }, @{ Preference = 'Continue'; File = $true }
    ) {
        Invoke-Ci oci:./no-such-layout '-MinimumSeverity High -EnableExit' $Preference -File:$File | Should -Be 2
    }

    It 'ends with 1 where it throws, and with 0 where nothing is bad enough' {
        Invoke-Ci oci:./no-such-layout '-MinimumSeverity High' Stop -File | Should -Be 1
        Invoke-Ci oci:./no-such-layout '-MinimumSeverity Critical -EnableExit' Stop | Should -Be 0
    }

    It 'gives a CSV without a type name, with a row for an image that could not be read' -Skip:$lacksMaker {
        $layout = 'oci:./no-such-layout'
        @(Get-BaseImage store:small; [pscustomobject]@{ Reference = $layout }) | Test-BaseImage -Status Fail, Error -MinimumSeverity High | Export-Csv ./a.csv
        $text = Get-Content ./a.csv -Raw
        $text | Should -Not -BeLike '*System.*'
        $rows = Import-Csv ./a.csv
        ($rows | Where-Object Image -Like '*no-such-layout*').Status | Should -Be 'Error'
        $rows.Status | Sort-Object -Unique | ForEach-Object { $_ | Should -BeIn 'Fail', 'Error' }
        $rows.Severity | Sort-Object -Unique | ForEach-Object { $_ | Should -BeIn 'High', 'Critical' }
    }
}

Describe 'A policy' {
    It 'comes along with an image that was just built, unless another is given' -Skip:$lacksMaker {
        Set-Content ./mine.psd1 "@{ SchemaVersion = 1; Disabled = @{ BI1001 = 'by its own policy' } }"
        Set-Content ./other.psd1 "@{ SchemaVersion = 1; Disabled = @{ BI1001 = 'by another policy' } }"
        $image = Get-BaseImage store:small
        $image.Policy | Should -BeNullOrEmpty
        ($image | Test-BaseImage -Rule BI1001).Message | Should -Not -BeLike '*policy*'
        $built = [pscustomobject]@{ Reference = "$($image.Reference)"; Policy = (Resolve-Path ./mine.psd1).Path }
        ($built | Test-BaseImage -Rule BI1001).Message | Should -BeLike '*by its own policy'
        ($built | Test-BaseImage -Rule BI1001 -Policy ./other.psd1).Message | Should -BeLike '*by another policy'
        @($built, $image | Test-BaseImage -Rule BI1001).Status | Should -Be 'Skipped', ($image | Test-BaseImage -Rule BI1001).Status
        { Test-BaseImage store:small -Policy '' } | Should -Throw
    }

    It 'tells under -Verbose which suppressions matched nothing' -Skip:$lacksMaker {
        Set-Content ./stale.psd1 "@{ SchemaVersion = 1; Suppressions = @(@{ Rule = 'BI2001'; Path = '/no/such'; Reason = 'r'; Owner = 'o'; Until = '2099-01-01' }, @{ Rule = 'BI2001'; Path = '/usr/bin/*'; Reason = 'r'; Owner = 'o'; Until = '2099-01-01' }) }"
        $told = Test-BaseImage store:small -Rule BI2001 -Policy ./stale.psd1 -Verbose 4>&1 | Where-Object { "$_" -like '*matched nothing*' }
        @($told).Count | Should -Be 1
        "$told" | Should -BeLike '*stale.psd1:1*/no/such*'
    }
}

Describe 'Get-BaseImageRule' {
    It 'lists the catalogue, by wildcard and from the pipeline' {
        (Get-BaseImageRule).Count | Should -BeGreaterThan 10
        (Get-BaseImageRule BI1*).Id | ForEach-Object { $_ | Should -BeLike 'BI1*' }
        ('BI1001', 'BI1002' | Get-BaseImageRule).Count | Should -Be 2
        ([pscustomobject]@{ RuleId = 'BI1001' } | Get-BaseImageRule).Id | Should -Be 'BI1001'
    }

    It 'does not know a rule that is none' {
        Assert-Failure (Get-Failure { Get-BaseImageRule BI9999 })[0] AuditRuleUnknown ObjectNotFound
    }

    It 'shows Severity as a word with colour or without' {
        try {
            $PSStyle.OutputRendering = 'Ansi'
            Get-BaseImageRule BI1001 | Out-String | Should -BeLike '*High*'
            $PSStyle.OutputRendering = 'PlainText'
            Get-BaseImageRule BI1001 | Out-String | Should -BeLike '*High*'
        }
        finally { $PSStyle.OutputRendering = 'Host' }
    }

    It 'completes ids' {
        (Get-Completion 'Get-BaseImageRule BI10').CompletionText | Should -Contain 'BI1001'
    }
}
