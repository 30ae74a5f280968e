BeforeDiscovery { $onWindows = $IsWindows }

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Bench.psm1') -Force
    $bench = Get-Bench

    # A mirror that takes connections and never answers: the longest call there is.
    $silent = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $silent.Start(100)
    $url = "http://127.0.0.1:$($silent.LocalEndpoint.Port)/debian"
    $console = Join-Path $PSScriptRoot '..' '..' 'src' 'BaseImage.Console' 'bin' 'Debug' 'net10.0' 'baseimage.dll'

    # Starts a program, waits until it hangs on the mirror, presses Ctrl+C, and says how long it took to end.
    function Stop-InTheMiddle([string] $Program, [string[]] $Arguments, [string] $Folder) {
        while ($silent.Pending()) { $silent.AcceptTcpClient().Dispose() }

        # Whoever runs the suite in the background of a script ignores SIGINT, and hands that down.
        $null = & /usr/bin/env --default-signal=INT true 2>$null
        $resets = $LASTEXITCODE -eq 0
        $start = [System.Diagnostics.ProcessStartInfo]::new($(if ($resets) { '/usr/bin/env' } else { $Program }))
        if ($resets) { $start.ArgumentList.Add('--default-signal=INT'); $start.ArgumentList.Add($Program) }
        $Arguments | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.WorkingDirectory = $Folder
        $start.Environment['BASEIMAGE_CACHE'] = "$Folder-cache"
        $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
        $process = [System.Diagnostics.Process]::Start($start)
        try {
            for ($i = 0; -not $silent.Pending(); $i++) {
                if ($process.HasExited -or $i -gt 1200) { throw "it never asked the mirror: $($process.StandardError.ReadToEnd())" }
                Start-Sleep -Milliseconds 50
            }

            Start-Sleep -Milliseconds 300
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            & /bin/kill -INT $process.Id
            if (-not $process.WaitForExit(30000)) { throw 'Ctrl+C did not end it' }
            $clock.Elapsed
        }
        finally {
            if (-not $process.HasExited) { $process.Kill($true) }
            $process.Dispose()
        }
    }
}

AfterAll { $silent.Stop() }

Describe 'Ctrl+C in the middle of a call' -Skip:$onWindows {
    BeforeEach {
        $project = Join-Path $TestDrive ([guid]::NewGuid())
        New-SmallDefinition $project | Out-Null
    }

    It 'ends pwsh and leaves nothing half-written' {
        $took = Stop-InTheMiddle (Get-Shell) @('-NoProfile', '-Command', "Import-Module '$(Get-Manifest)'; Update-BaseImageLock . -Mirror $url") $project
        Write-Host "    pwsh ended after $([int] $took.TotalMilliseconds) ms"
        Get-ChildItem $project -Force | Should -HaveCount 1
        Get-ChildItem "$project-cache" -Recurse -File | Should -BeNullOrEmpty
    }

    It 'ends the Console and leaves nothing half-written' {
        if (-not (Test-Path $console)) { Set-ItResult -Skipped -Because 'the Console is not built' }
        else {
            $took = Stop-InTheMiddle dotnet @($console, '-Command', "Update-BaseImageLock . -Mirror $url") $project
            Write-Host "    the Console ended after $([int] $took.TotalMilliseconds) ms"
            Get-ChildItem $project -Force | Should -HaveCount 1
            Get-ChildItem "$project-cache" -Recurse -File | Should -BeNullOrEmpty
        }
    }
}

Describe 'A reader that has enough' {
    It 'stops the writer' {
        $projects = 1..20 | ForEach-Object { New-SmallDefinition (Join-Path $TestDrive "many/p$_") "p$_" }
        $seen = 0
        ($projects | ForEach-Object { $script:seen++; $_ } | Get-BaseImageDefinition | Select-Object -First 1).Name | Should -Be 'p1'
        $script:seen | Should -BeLessThan 20
    }
}
