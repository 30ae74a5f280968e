# Habits that hold for every cmdlet, those that do not exist yet among them: what is missing fails here by its name.
BeforeDiscovery {
    $manifest = (Resolve-Path (Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1')).Path
    Import-Module $manifest -Force
    $own = Get-Command -Module BaseImage | ForEach-Object {
        $command = $_
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        @{ Name = $command.Name; Command = $command; Parameters = @($command.Parameters.Values | Where-Object { $_.Name -notin $common }) }
    }
}

BeforeAll {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
    $manifest = Join-Path $root 'BaseImage.psd1'
}

Describe 'The manifest' {
    It 'exports exactly the cmdlets of the assembly, by name, and nothing else' {
        $data = Import-PowerShellDataFile $manifest
        $types = [System.AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'BaseImage.Cmdlets' }, 'First').GetExportedTypes()
        $there = $types | ForEach-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) } | ForEach-Object { "$($_.VerbName)-$($_.NounName)" } | Sort-Object
        ($data.CmdletsToExport | Sort-Object) | Should -Be $there
        $data.FunctionsToExport + $data.AliasesToExport + $data.VariablesToExport | Should -BeNullOrEmpty
        foreach ($file in $data.FormatsToProcess + $data.RootModule + $data.NestedModules) { Join-Path $root $file | Should -Exist }
    }

    It 'leaves no function or variable in the session' {
        Get-Command -CommandType Function | Where-Object Source -EQ BaseImage | Should -BeNullOrEmpty
        Get-Command AssertSameBuild -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}

Describe 'The suite' {
    It 'describes each cmdlet in a Describe of its own' {
        $described = Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | Select-String -Pattern "^\s*Describe\s+'([A-Z][a-z]+-BaseImage\w*)'" | ForEach-Object { $_.Matches[0].Groups[1].Value }
        foreach ($name in (Get-Command -Module BaseImage).Name) { $described | Should -Contain $name -Because 'a cmdlet that nobody types in a test is not tested' }
    }

    It 'tries -WhatIf of each cmdlet that changes something' {
        $text = (Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | Get-Content -Raw) -join "`n"
        foreach ($command in Get-Command -Module BaseImage | Where-Object { $_.Parameters.ContainsKey('WhatIf') }) {
            $text | Should -Match "$($command.Name)\b[^\n]*-WhatIf" -Because "$($command.Name) changes something"
        }
    }
}

Describe 'Habits of <Name>' -ForEach $own {
    It 'has an approved verb, and a singular noun with the prefix' {
        $Command.Verb | Should -BeIn (Get-Verb).Verb
        $Command.Noun | Should -MatchExactly '^BaseImage([A-Z][a-z]+)*$'
        $Command.Noun | Should -Not -Match '(?<![sS])s$'
    }

    It 'declares what it writes, and that is a public type' {
        $Command.OutputType | Should -Not -BeNullOrEmpty
        foreach ($type in $Command.OutputType) {
            $type.Type | Should -Not -BeNullOrEmpty -Because "$($type.Name) must be a type that is there"
            $type.Type.IsPublic | Should -BeTrue
        }
    }

    It 'asks before it changes anything' {
        $changing = 'Add', 'Approve', 'Build', 'Clear', 'Copy', 'Export', 'Import', 'New', 'Optimize', 'Publish', 'Remove', 'Restore', 'Save', 'Set', 'Update'

        # New-BaseImageRule makes an object in memory, as New-Object does.
        if ($Command.Verb -in $changing -and $Command.Name -ne 'New-BaseImageRule') { $Command.Parameters.Keys | Should -Contain 'WhatIf' }
        if ($Command.Verb -in 'Get', 'Find', 'Measure', 'Compare', 'Assert') { $Command.Parameters.Keys | Should -Not -Contain 'WhatIf' }
    }

    It 'names parameters as PowerShell does' {
        foreach ($parameter in $Parameters) {
            $parameter.Name | Should -MatchExactly '^[A-Z][A-Za-z0-9]+$'
            foreach ($alias in $parameter.Aliases) { $alias | Should -MatchExactly '^[A-Z][A-Za-z0-9]+$' }
            if ($parameter.ParameterType -eq [bool]) { throw "$($Command.Name) -$($parameter.Name) is a Boolean: make it a switch." }
            if ($parameter.ParameterType -eq [string] -and $parameter.Name -match 'Password|Secret|Token') { throw "$($Command.Name) -$($parameter.Name) takes a secret as text." }
        }
    }

    It 'has at most two positions in a set, from 0, without a gap' {
        foreach ($set in $Command.ParameterSets) {
            $positions = @($set.Parameters | Where-Object Position -GE 0 | Sort-Object Position | ForEach-Object Position)
            $positions.Count | Should -BeLessOrEqual 2
            for ($i = 0; $i -lt $positions.Count; $i++) { $positions[$i] | Should -Be $i -Because "$($set.Name) of $($Command.Name)" }
        }
    }

    It 'takes its main input from the pipeline' {
        $piped = $Parameters | Where-Object { $_.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] -and ($_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName) } }
        if ($Command.Name -notin 'Get-BaseImageCache') { $piped | Should -Not -BeNullOrEmpty }
    }

    It 'completes what can be completed' {
        $completed = @{ Rule = $true; ExcludeRule = $true; Template = $true; Platform = $true; Image = $true; Id = $Command.Verb -ne 'New' }
        foreach ($parameter in $Parameters | Where-Object { $completed[$_.Name] -and $_.ParameterType.Name -notmatch '^(ContainerImage|ScriptBlock)' }) {
            $parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ArgumentCompleterAttribute] } | Should -Not -BeNullOrEmpty -Because "$($Command.Name) -$($parameter.Name)"
        }
    }

    It 'has help for itself and for each parameter, written by hand' {
        $help = Get-Help $Name -Full
        $help.Synopsis | Should -Match '^[A-Z].*\.$'
        $help.Synopsis | Should -Not -BeLike "*$Name *[[]*"
        $help.Description.Text | Should -Not -BeNullOrEmpty
        foreach ($parameter in $Parameters) {
            $text = (Get-Help $Name -Parameter $parameter.Name).Description.Text
            $text | Should -Not -BeNullOrEmpty -Because "$Name -$($parameter.Name)"
            $text | Should -Not -Match '<see|</' -Because "$Name -$($parameter.Name)"
        }

        (Get-Help $Name -Full | Out-String) | Should -Not -Match 'System\.Object\[\]'
    }

    It 'has two examples at least, which parse, and whose commands and parameters exist' {
        $examples = @((Get-Help $Name).Examples.Example)
        $examples.Count | Should -BeGreaterOrEqual 2
        ($examples.Code -join "`n") | Should -Match "\b$Name\b"
        foreach ($example in $examples) {
            $mistakes = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($example.Code, [ref] $null, [ref] $mistakes)
            $mistakes | Should -BeNullOrEmpty -Because $example.Code
            foreach ($call in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $called = $call.GetCommandName()
                if (-not $called) { continue }
                $found = Get-Command $called -ErrorAction Ignore
                if (-not $found) {
                    # A program that the example calls, such as git or docker, need not be here.
                    $called | Should -Not -Match '^[A-Za-z]+-[A-Za-z]+$' -Because "the example calls it: $($example.Code)"
                    continue
                }

                if ($found.CommandType -eq 'Alias') { $found = $found.ResolvedCommand }
                if ($found.CommandType -ne 'Cmdlet') { continue }
                foreach ($used in $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    { $found.ResolveParameter($used.ParameterName) } | Should -Not -Throw -Because $example.Code
                }
            }
        }
    }

    It 'writes its parameters'' units and defaults in words where they are numbers' {
        foreach ($parameter in $Parameters | Where-Object { $_.ParameterType -in [int], [long], [double], [System.Nullable[int]], [System.Nullable[long]] }) {
            (Get-Help $Name -Parameter $parameter.Name).Description.Text.Length | Should -BeGreaterThan 20 -Because "$Name -$($parameter.Name)"
        }
    }
}
