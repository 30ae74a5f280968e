# Runs the Pester suite against the module of this checkout and writes "passed failed skipped" to -ResultPath.
[CmdletBinding()]
param([string] $ResultPath)

Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
try { $result = Invoke-Pester -Configuration $configuration }
finally {
    # What Bench.psm1 made for all files of the run.
    if ($global:BaseImageBench) { Remove-Item $global:BaseImageBench.Root -Recurse -Force -ErrorAction Ignore }
}

# A container or block that could not be set up never ran its tests: that is a failure, not a silence.
$broken = $result.FailedBlocksCount + $result.FailedContainersCount
if ($ResultPath) {
    "$($result.PassedCount) $($result.FailedCount + $broken) $($result.SkippedCount + $result.NotRunCount + $result.InconclusiveCount)" |
        Set-Content -LiteralPath $ResultPath
}

exit [int](($result.FailedCount + $broken) -gt 0)
