using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using BaseImage.Engine.Tests;
using BaseImage.Engine.Tests.Engines;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Every command line that the README shows is run, as it stands there.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private const string ConsoleLine = "dotnet run --project src/BaseImage.Console -- ";
    private const string TestLine = "dotnet test BaseImageCmdlets.sln";

    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");

    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-readme-").FullName;

    [Fact]
    public void The_first_screen_shows_the_two_commands_and_nothing_else_is_for_the_shell()
    {
        string[] lines = [.. Blocks("sh")];
        Assert.Equal([ConsoleLine + "examples/quickstart.ps1", TestLine], lines);
        int shown = s_readme[..s_readme.IndexOf(TestLine, StringComparison.Ordinal)].Count(c => c == '\n');
        Assert.True(shown < 40, $"The second command stands on line {shown}: the first screen has 40.");
    }

    [Fact]
    public void Continuous_integration_calls_the_test_command_of_the_README()
        => Assert.Contains("\n" + TestLine + " ", File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")), StringComparison.Ordinal);

    [Fact]
    public async Task The_quickstart_prints_what_the_README_shows()
    {
        Mirror.Require();
        string line = Blocks("sh").First(l => l.StartsWith(ConsoleLine, StringComparison.Ordinal));
        ConsoleRun run = await ConsoleRun.RunAsync(null, Repository.Root, [.. line[ConsoleLine.Length..].Split(' '), "-WorkPath", _folder]);
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);

        // Versions, digests and folders differ from one day and machine to the next; every other word must be the same.
        string shown = s_readme.Split("```text\n")[1].Split("\n```")[0];
        Assert.Equal(Shape(shown), Shape(run.Output));
        Assert.Equal(2, File.ReadAllText(Path.Combine(_folder, "audit.csv")).Split('\n').Count(l => l.StartsWith("\"BI1001\"", StringComparison.Ordinal)));
        Assert.True(Digests().Matches(run.Output).Select(m => m.Value).Distinct(StringComparer.Ordinal).Count() == 1, run.Output);
    }

    [Fact]
    public async Task Every_PowerShell_line_runs()
    {
        Mirror.Require();
        string[] lines = [.. Blocks("powershell")];

        // Of its own, so that no other test's images come and go in it.
        bool hasEngine = Tools.SkipsForbidden || (Environment.IsPrivilegedProcess && Tools.Find("dockerd") is not null);
        await using TestEngine? engine = hasEngine ? await TestEngine.StartDockerAsync() : null;
        if (!hasEngine)
        {
            lines = [.. lines.Where(line => !line.Contains("-Load", StringComparison.Ordinal) && !line.Contains("docker-daemon:", StringComparison.Ordinal))];
        }

        bool hasRegistry = Tools.SkipsForbidden || Tools.Find("docker-registry") is not null;
        await using TestRegistry? registry = hasRegistry ? await TestRegistry.StartAsync() : null;
        lines = [.. lines.Where(line => registry is not null || !line.Contains("docker://", StringComparison.Ordinal)).Select(line => line.Replace("registry.example.com", registry?.Address, StringComparison.Ordinal))];
        Assert.True(lines.Length > 10, "The README has lost its PowerShell.");
        Assert.Equal("Import-Module ./BaseImage.psd1", lines[0]);
        CopyFolder(Path.Combine(Repository.Root, "examples"), Path.Combine(_folder, "examples"));
        WriteSigner();
        string settings = $"$env:BASEIMAGE_CACHE = '{_folder}/cache'; $env:BASEIMAGE_STORE = '{_folder}/store'; $env:DOCKER_HOST = {(engine is null ? "$null" : $"'{engine.Host}'")}; $ErrorActionPreference = 'Stop'\n";

        // The checkout is where the module is imported from; what the other lines write goes to the test's own folder.
        string move = $"\n$ExecutionContext.SessionState.Path.SetLocation('{_folder}')";
        string script = Path.Combine(_folder, "readme.ps1");
        File.WriteAllText(script, settings + string.Join('\n', lines.Select((l, i) => $"{l}{(i == 0 ? move : "")}\nWrite-Host '-- done: {l.Replace("'", "''", StringComparison.Ordinal)}'")) + "\n");

        ConsoleRun run = await ConsoleRun.RunAsync(null, Repository.Root, script);
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.All(lines, line => Assert.Contains($"-- done: {line}\n", run.Output, StringComparison.Ordinal));
        foreach (string left in new[] { "audit.csv", "audit.json", "out/index.json", "mirror", "my-base/my-base.image.psd1", "examples/debian-static/debian-static.lock.json" })
        {
            Assert.True(Path.Exists(Path.Combine(_folder, left)), $"{left} is not there.\n{run.Output}");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> Blocks(string language)
        => Fences().Matches(s_readme).Where(m => m.Groups[1].Value == language)
            .SelectMany(m => m.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static string Shape(string text)
        => Spaces().Replace(Changing().Replace(text, "*"), " ").Trim();

    // The key and the root that the README's lines about signing name.
    private void WriteSigner()
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest root = new("C=XX, ST=Test, O=Example, CN=Root", rootKey, HashAlgorithmName.SHA256), signer = new("C=XX, ST=Test, O=Example, CN=Signer", key, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        signer.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 authority = root.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        using X509Certificate2 certificate = signer.Create(authority, now.AddMinutes(-30), now.AddHours(12), [1, 2, 3, 4]);
        File.WriteAllText(Path.Combine(_folder, "root.pem"), authority.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(_folder, "signer.pem"), string.Join('\n', key.ExportPkcs8PrivateKeyPem(), certificate.ExportCertificatePem(), authority.ExportCertificatePem()) + "\n");
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from).Where(f => !f.Contains(".lock.", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.EnumerateDirectories(from).Where(f => !f.Contains(".lock.", StringComparison.Ordinal)))
        {
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    [GeneratedRegex("^```(\\w+)\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Digests();

    [GeneratedRegex("sha256:[0-9a-f]{64}|\\S*[/\\\\]\\S*baseimage-\\S*|(?<=(?:ca-certificates|tzdata) )\\S+")]
    private static partial Regex Changing();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
