using System.Globalization;

namespace BaseImage.Benchmarks;

/// <summary>
/// Importing the module by its manifest in a fresh pwsh, and the first cmdlet after it, measured inside that process. The
/// floor is an empty manifest: what Import-Module itself costs in a process that has not run anything yet.
/// </summary>
internal static class ImportBenchmark
{
    internal static IEnumerable<Row> Rows(string folder)
    {
        string empty = Path.Combine(folder, "empty.psd1"), manifest = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../BaseImage.psd1"));
        File.WriteAllText(empty, "@{ ModuleVersion = '1.0'; CmdletsToExport = @() }\n");
        string own = $"Import-Module '{manifest}'";
        yield return new Row("Import-Module of an empty manifest", _ => MeasureAsync(folder, "", $"Import-Module '{empty}'"));
        yield return new Row("Import-Module BaseImage.psd1", _ => MeasureAsync(folder, "", own));
        yield return new Row("first cmdlet after it (Get-BaseImageRule)", _ => MeasureAsync(folder, own, "Get-BaseImageRule | Out-Null"));
        yield return new Row("first cmdlet after it (Get-BaseImage)", _ => MeasureAsync(folder, own, "Get-BaseImage | Out-Null"));
        yield return new Row("both, and the first table", _ => MeasureAsync(folder, "", own + "; Get-BaseImageRule | Out-String | Out-Null"));
    }

    private static async Task<Sample> MeasureAsync(string folder, string before, string measured)
    {
        string script = $"{before}; $own = [System.Diagnostics.Process]::GetCurrentProcess(); $used = $own.TotalProcessorTime; $clock = [System.Diagnostics.Stopwatch]::StartNew(); "
            + $"{measured}; $seconds = $clock.Elapsed.TotalSeconds; $own.Refresh(); [string]::Format([cultureinfo]::InvariantCulture, '{{0}} {{1}}', $seconds, ($own.TotalProcessorTime - $used).TotalSeconds)";
        Dictionary<string, string> environment = new() { ["BASEIMAGE_CACHE"] = Path.Combine(folder, "cache"), ["BASEIMAGE_STORE"] = Path.Combine(folder, "store") };
        string[] parts = (await Tool.RunAsync(environment, folder, "pwsh", "-NoProfile", "-NonInteractive", "-Command", script)).Trim().Split('\n')[^1].Split(' ');
        return new Sample(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
