BeforeDiscovery {
    $manifest = Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1'
    Import-Module $manifest -Force
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '..' '..' 'BaseImage.psd1')).Path
    Import-Module $script:manifest -Force
}

Describe 'The module' {
    It 'has a manifest that PowerShell accepts' {
        (Test-ModuleManifest $script:manifest).ExportedCmdlets.Count | Should -BeGreaterThan 10
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

    It 'works from two copies of the same build in one session' {
        $root = Split-Path $script:manifest
        $copy = Join-Path $TestDrive 'copy'
        New-Item -ItemType Directory $copy | Out-Null
        'BaseImage.psd1', 'module' | ForEach-Object { Copy-Item (Join-Path $root $_) $copy -Recurse }
        $output = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "Import-Module '$copy/BaseImage.psd1'; Import-Module '$script:manifest'; (Get-Module BaseImage).Count; (Get-BaseImageRule).Count -gt 5; `$Error.Count"
        $output | Should -Be @('2', 'True', '0')
    }

    It 'refuses another build from another folder with one clear error, <Case>' -ForEach @(
        @{ Case = 'with the same guard'; Guard = $false }
        @{ Case = 'with a guard of its own'; Guard = $true }
    ) {
        $root = Split-Path $script:manifest
        $other = Join-Path $TestDrive "other-build-$Guard"
        New-Item -ItemType Directory $other | Out-Null
        'BaseImage.psd1', 'module' | ForEach-Object { Copy-Item (Join-Path $root $_) $other -Recurse }
        [System.IO.File]::AppendAllText((Join-Path $other 'module' 'bin' 'BaseImage.Cmdlets.dll'), 'x')
        if ($Guard) {
            # A build with another guard has another name inside the file.
            $file = Join-Path $other 'module' 'bin' 'BaseImage.Guard.dll'
            $name = [System.Reflection.AssemblyName]::GetAssemblyName($file).Name
            $latin = [System.Text.Encoding]::Latin1
            $bytes = $latin.GetBytes($latin.GetString([System.IO.File]::ReadAllBytes($file)).Replace($name, $name.Substring(0, $name.Length - 4) + 'test', [System.StringComparison]::Ordinal))
            [System.IO.File]::WriteAllBytes($file, $bytes)
            [System.Reflection.AssemblyName]::GetAssemblyName($file).Name | Should -Not -Be $name
        }

        $output = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "Import-Module '$other/BaseImage.psd1'; (Get-BaseImageRule).Count -gt 5; try { Import-Module '$script:manifest' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message; `$_.ErrorDetails.RecommendedAction; `$Error.Count }"
        $output[0] | Should -Be 'True'
        $output[1] | Should -BeLike 'OtherVersionLoaded*'
        $output[2] | Should -BeLike "*cannot be imported from '$root*already has BaseImage *from '$other*"
        $output[3] | Should -BeLike 'Start a new session*'
        $output[4] | Should -Be 1
    }
}
