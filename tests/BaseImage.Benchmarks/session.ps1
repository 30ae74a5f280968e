# Runs the lines it is given, each timed by itself, in one warm session of the Console.
while ($null -ne ($line = [Console]::In.ReadLine())) {
    # What an earlier line left in memory would serve this one.
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    [GC]::Collect()
    $process = [Diagnostics.Process]::GetCurrentProcess()
    $before = $process.TotalProcessorTime
    $watch = [Diagnostics.Stopwatch]::StartNew()
    try {
        $null = . ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'; `$WarningPreference = 'SilentlyContinue'; $line"))
        $watch.Stop()
        $process.Refresh()
        $cpu = ($process.TotalProcessorTime - $before).TotalSeconds.ToString([cultureinfo]::InvariantCulture)
        $elapsed = $watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
        [Console]::Out.WriteLine("done $elapsed $cpu $($process.PeakWorkingSet64)")
    }
    catch { [Console]::Out.WriteLine("failed $($_.Exception.Message)") }
}
