using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Secrets planted in an image are found, and nothing that an audit writes has them: no stream, no report, no journal, no cache.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    [Fact]
    public async Task Canaries_are_found_and_are_nowhere_in_what_the_module_wrote()
    {
        IReadOnlyList<Canary> canaries = CanaryLayout.Write(Path.Combine(_folder, "image"));
        Assert.True(canaries.Count >= 20);
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "-Command", """
            $env:BASEIMAGE_CACHE = Join-Path $PWD 'out/cache'
            $env:BASEIMAGE_STORE = Join-Path $PWD 'out/store'
            $rows = Test-BaseImage oci:./image -JournalPath out/audit.journal -Verbose -Debug
            $rows | Export-BaseImageReport -Path out/a.sarif, out/a.xml, out/a.html, out/a.md, out/a.csv, out/a.json -Verbose -Debug
            $rows | Format-List * | Out-String -Width 4000
            $rows | ForEach-Object { $_.Findings } | Format-List * | Out-String -Width 4000
            Get-BaseImage oci:./image -Verbose -Debug | Out-String -Width 4000
            Test-BaseImage oci:./image -Verbose -Debug | Out-String -Width 4000
            $rows | Assert-BaseImage -Verbose -Debug
            """);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "a.json")), run.Output + run.Errors);

        string[] found = [.. Findings(Path.Combine(_folder, "out", "a.json"))];
        Assert.Equal("", string.Join('\n', canaries.Where(canary => !found.Any(finding => finding.StartsWith(canary.Rule + " ", StringComparison.Ordinal) && finding.Contains(canary.Where, StringComparison.Ordinal))).Select(canary => $"{canary.Rule} {canary.Where}")));
        List<string> seen = [];
        foreach ((string name, byte[] content) in Written().Append(("stdout", Encoding.UTF8.GetBytes(run.Output))).Append(("stderr", Encoding.UTF8.GetBytes(run.Errors))))
        {
            seen.AddRange(canaries.Where(canary => content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(canary.Secret)) >= 0).Select(canary => $"{canary.Where} in {name}"));
        }

        Assert.Equal("", string.Join('\n', seen));
        Assert.Contains(Written(), file => file.Name.Contains("cache", StringComparison.Ordinal) && file.Content.Length > 0);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "audit.journal")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> Findings(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement rows = document.RootElement;
        foreach (JsonElement row in (rows.ValueKind == JsonValueKind.Array ? rows : rows.EnumerateObject().First(p => p.Value.ValueKind == JsonValueKind.Array).Value).EnumerateArray())
        {
            foreach (JsonElement finding in row.EnumerateObject().First(p => p.Name.Equals("Findings", StringComparison.OrdinalIgnoreCase)).Value.EnumerateArray())
            {
                Dictionary<string, string> texts = finding.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name.ToUpperInvariant(), p => p.Value.GetString()!);
                yield return $"{texts.GetValueOrDefault("RULEID")} {texts.GetValueOrDefault("PATH")} {texts.GetValueOrDefault("MESSAGE")}";
            }
        }
    }

    // The cache's blobs may be compressed: they are looked at both ways.
    private IEnumerable<(string Name, byte[] Content)> Written()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories))
        {
            byte[] content = File.ReadAllBytes(path);
            yield return (path, content);
            if (content is [0x1f, 0x8b, ..])
            {
                using MemoryStream plain = new();
                using (GZipStream gzip = new(new MemoryStream(content), CompressionMode.Decompress))
                {
                    gzip.CopyTo(plain);
                }

                yield return (path + " (unpacked)", plain.ToArray());
            }
        }
    }
}
