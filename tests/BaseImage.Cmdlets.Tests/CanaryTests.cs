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
            Get-BaseImage oci:./image | Format-List | Out-String -Width 4000
            Get-BaseImage oci:./image | Export-Csv out/images.csv
            Test-BaseImage oci:./image -Verbose -Debug | Out-String -Width 4000
            $rows | Assert-BaseImage -Verbose -Debug
            """);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "a.json")), run.Output + run.Errors);

        string[] found = [.. Findings(Path.Combine(_folder, "out", "a.json"))];
        Assert.Equal("", string.Join('\n', canaries.Where(canary => !found.Any(finding => finding.StartsWith(canary.Rule + " ", StringComparison.Ordinal) && finding.Contains(canary.Where, StringComparison.Ordinal))).Select(canary => $"{canary.Rule} {canary.Where}")));
        Assert.Equal("", string.Join('\n', Seen(canaries, run)));
        Assert.Contains(Written(), file => file.Name.Contains("cache", StringComparison.Ordinal) && file.Content.Length > 0);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "audit.journal")));
    }

    [Fact]
    public async Task Canaries_of_Dockerfiles_are_found_and_are_nowhere_in_what_the_module_wrote()
    {
        IReadOnlyList<Canary> canaries = CanaryDockerfiles.Write(Path.Combine(_folder, "context"));
        Assert.True(canaries.Count >= 20);
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "-Command", """
            $env:BASEIMAGE_CACHE = Join-Path $PWD 'out/cache'
            $env:BASEIMAGE_STORE = Join-Path $PWD 'out/store'
            $rows = Test-BaseImageDockerfile ./context -Recurse -Verbose -Debug -InformationAction Continue
            $rows | Export-BaseImageReport -Path out/a.sarif, out/a.xml, out/a.html, out/a.md, out/a.csv, out/a.json -Verbose -Debug -InformationAction Continue
            Test-BaseImageDockerfile ./context -Recurse -Verbose -Debug -InformationAction Continue *>&1 | Out-String -Width 4000
            Test-BaseImageDockerfile -Content ([System.IO.File]::ReadAllText((Join-Path $PWD 'context/Dockerfile'))) -Verbose -Debug *>&1 | Out-String -Width 4000
            $rows | Format-List * | Out-String -Width 4000
            $rows | ForEach-Object { $_.Findings } | Format-List * | Out-String -Width 4000
            $rows | Where-Object Status -eq Fail | Add-BaseImageSuppression out/policy.psd1 -Reason tests -Owner tests -Days 3 -Verbose -Debug *>&1 | Out-String -Width 4000
            Test-BaseImageDockerfile ./context -Recurse -Policy out/policy.psd1 -Verbose -Debug *>&1 | Out-String -Width 4000
            $rows | Assert-BaseImage -Verbose -Debug
            """);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "a.html")), run.Output + run.Errors);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "policy.psd1")), run.Output + run.Errors);
        string[] found = [.. Findings(Path.Combine(_folder, "out", "a.json"))];
        Assert.Equal("", string.Join('\n', canaries.Where(canary => canary.Rule.Length > 0 && !found.Any(finding => finding.StartsWith($"{canary.Rule} {canary.Where}", StringComparison.Ordinal))).Select(canary => $"{canary.Rule} {canary.Where}")));
        Assert.Equal("", string.Join('\n', Seen(canaries, run)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string> Seen(IReadOnlyList<Canary> canaries, ConsoleRun run)
    {
        (Canary Canary, byte[][] Forms)[] wanted = [.. canaries.Select(canary => (canary, (byte[][])[.. Forms(canary.Secret).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)]))];
        foreach ((string name, byte[] content) in Written().Append(("stdout", Encoding.UTF8.GetBytes(run.Output))).Append(("stderr", Encoding.UTF8.GetBytes(run.Errors))))
        {
            foreach ((Canary canary, byte[][] forms) in wanted)
            {
                if (forms.FirstOrDefault(form => content.AsSpan().IndexOf(form) >= 0) is { } form)
                {
                    yield return $"{canary.Where} in {name} as {Encoding.UTF8.GetString(form)}";
                }
            }
        }
    }

    // As it is, half of it, and as the formats that the module writes would put it; in base64 at each of the three places where it may begin.
    private static IEnumerable<string> Forms(string secret)
    {
        string[] texts = secret.Length >= 16 ? [secret, secret[..(secret.Length / 2)], secret[(secret.Length / 2)..]] : [secret];
        foreach (string text in texts)
        {
            yield return text;
            yield return Uri.EscapeDataString(text);
            yield return JsonEncodedText.Encode(text).ToString();
            yield return JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
            yield return System.Net.WebUtility.HtmlEncode(text);
            yield return System.Security.SecurityElement.Escape(text);
            yield return text.Replace("'", "''", StringComparison.Ordinal);
            yield return Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
        }

        for (int before = 0; before < 3; before++)
        {
            string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('.', before) + secret));
            yield return encoded[(before == 0 ? 0 : 4)..^4];
        }
    }

    private static IEnumerable<string> Findings(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement rows = document.RootElement;
        foreach (JsonElement row in (rows.ValueKind == JsonValueKind.Array ? rows : rows.EnumerateObject().First(p => p.Value.ValueKind == JsonValueKind.Array).Value).EnumerateArray())
        {
            foreach (JsonElement finding in row.EnumerateObject().First(p => p.Name.Equals("Findings", StringComparison.OrdinalIgnoreCase)).Value.EnumerateArray())
            {
                Dictionary<string, string> texts = finding.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name.ToUpperInvariant(), p => p.Value.GetString()!);
                int line = finding.EnumerateObject().FirstOrDefault(p => p.Name.Equals("Line", StringComparison.OrdinalIgnoreCase)).Value is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : 0;
                yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{texts.GetValueOrDefault("RULEID")} {texts.GetValueOrDefault("PATH")}{(line > 0 ? $":{line}" : "")} {texts.GetValueOrDefault("MESSAGE")}");
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
