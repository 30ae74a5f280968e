BeforeDiscovery {
    $manifest = Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1'
    Import-Module $manifest -Force
    $cmdlets = (Get-Command -Module BaseImage).Name
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1')).Path
    Import-Module $script:manifest -Force
}

Describe 'The module' {
    It 'has a manifest that PowerShell accepts' {
        (Test-ModuleManifest $script:manifest).ExportedCmdlets.Count | Should -BeGreaterThan 10
    }

    It 'exports approved verbs alone' {
        $approved = (Get-Verb).Verb
        Get-Command -Module BaseImage | ForEach-Object { $approved | Should -Contain $_.Verb }
    }

    It 'imports twice and goes when it is removed' {
        Import-Module $script:manifest -Force
        Remove-Module BaseImage
        Get-Command Get-BaseImageRule -Module BaseImage -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        Import-Module $script:manifest
        (Get-BaseImageRule).Count | Should -BeGreaterThan 5
    }

    It 'refuses another version of its Core with one clear error' {
        $folder = Join-Path $TestDrive 'other'
        New-Item -ItemType Directory $folder | Out-Null

        # The same file with another number in its Assembly table (ECMA-335 II.22.2: hash algorithm, then four versions).
        $bytes = [System.IO.File]::ReadAllBytes((Join-Path (Split-Path $script:manifest) 'module' 'bin' 'BaseImage.Core.dll'))
        $text = [System.Text.Encoding]::Latin1.GetString($bytes)
        $at = $text.IndexOf("$([char]4)$([char]0x80)`0`0`0`0$([char]1)`0`0`0`0`0", [System.StringComparison]::Ordinal)
        $at | Should -BeGreaterThan 0
        9, 0, 9, 0, 9, 0, 0, 0 | ForEach-Object -Begin { $i = $at + 4 } { $bytes[$i++] = $_ }
        [System.IO.File]::WriteAllBytes((Join-Path $folder 'BaseImage.Core.dll'), $bytes)
        $script = @"
[void][System.Reflection.Assembly]::LoadFrom('$folder/BaseImage.Core.dll')
try { Import-Module '$script:manifest' -ErrorAction Stop; 'imported' }
catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message; `$_.ErrorDetails.RecommendedAction; `$Error.Count }
"@
        $output = @(& (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $script)
        $output[0] | Should -BeLike 'OtherVersionLoaded*'
        $output[1] | Should -BeLike '*9.9.9.0*'
        $output[3] | Should -Be 1
        $output[2] | Should -BeLike 'Start a new session*'
    }
}

Describe 'Help of <_>' -ForEach $cmdlets {
    It 'has a synopsis, a description and two examples' {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -BeLike "*$_ *[[]*"
        $help.Description.Text | Should -Not -BeNullOrEmpty
        @($help.Examples.Example).Count | Should -BeGreaterOrEqual 2
        Get-Help $_ -Examples | Out-String | Should -BeLike "*$_*"
    }

    It 'says what each parameter is' {
        $command = Get-Command $_
        $own = $command.Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters -and $_ -notin [System.Management.Automation.Cmdlet]::OptionalCommonParameters }
        foreach ($name in $own) {
            (Get-Help $command.Name -Parameter $name).Description.Text | Should -Not -BeNullOrEmpty -Because "$($command.Name) -$name"
        }
    }
}
