using System.Globalization;
using BaseImage.Documents;
using BaseImage.Errors;
using static BaseImage.Engine.Tests.Definitions.DefinitionFixture;

namespace BaseImage.Engine.Tests.Definitions;

public sealed class DefinitionReaderTests
{
    [Fact]
    public async Task Reads_every_part()
    {
        using TempFolder folder = new();
        Write(folder, "files/motd", "hi");
        Write(folder, "policy.psd1", "");
        ImageDefinition definition = await ReadAsync(folder, """
            {
              "$schema": "https://example.com/x.json",
              "SchemaVersion": 1, "Name": "team/web", "Description": "d", "Workloads": "w",
              "From": { "Distribution": "debian", "Suite": "trixie", "Updates": false },
              "Platforms": "linux/arm64",
              "Packages": { "tzdata": ["time zones"], "libc6": { "Reason": "glibc", "Version": "2.41*", "Platforms": "linux/arm64" } },
              "Without": { "debconf": "no scripts" }, "Prefer": { "awk": "mawk" },
              "Archives": { "Id": "internal", "Suites": "stable", "Components": ["main", "extra"], "Trusted": "checksums-only" },
              "Remove": "/usr/share/doc/**",
              "Files": [
                { "Path": "/etc/motd", "Source": "files/motd", "Mode": "0600", "Uid": 1, "Gid": 2, "Sha256": "8F434346648F6B96DF89DDA901C5176B10A6D83961DD3C1AC88B59B2DC327AA4" },
                { "Path": "/etc/issue", "Content": "a\r\nb" }
              ],
              "Accounts": [{ "Name": "b", "Uid": 20, "Gid": 5, "Home": "/", "Shell": "/bin/sh" }, { "Name": "a", "Uid": 10 }],
              "Alternatives": { "awk": "/usr/bin/mawk" },
              "Config": {
                "User": "10:5", "Env": "TZ=UTC", "Entrypoint": "/app", "Cmd": ["--port", "80"], "WorkingDir": "/srv", "Labels": { "a": "" },
                "StopSignal": 15, "ExposedPorts": [8080, "53/udp"], "Volumes": "/data",
                "Healthcheck": { "Test": ["CMD", "/check"], "Interval": "1m30s", "Timeout": "500ms", "StartPeriod": "2h", "Retries": 3 }
              },
              "Layering": "single", "Policy": "policy.psd1"
            }
            """);
        Assert.Equal("team/web", definition.Name);
        Assert.Equal(new DistributionSource("debian", "trixie", false), definition.From);
        Assert.Equal(["libc6", "tzdata"], definition.Packages.Select(p => p.Name));
        Assert.Equal(("2.41*", Platform.LinuxArm64), (definition.Packages[0].Version, definition.Packages[0].Platforms[0]));
        Assert.Equal(["debian:trixie:debian-trixie", "debian-security:trixie-security:debian-trixie", "internal:stable:"], definition.Archives.Select(a => $"{a.Id}:{string.Join(',', a.Suites)}:{a.Keyring}"));
        Assert.True(definition.Archives[2].ChecksumsOnly);
        Assert.Equal(["extra", "main"], definition.Archives[2].Components);
        Assert.Equal(["/etc/issue", "/etc/motd"], definition.Files.Select(f => f.Path));
        Assert.Equal("a\nb", definition.Files[0].Content);
        Assert.Equal((folder.Combine("files", "motd"), Convert.ToInt32("600", 8), 1L, 2L), (definition.Files[1].SourcePath, definition.Files[1].Mode, definition.Files[1].Uid, definition.Files[1].Gid));
        Assert.Equal("8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4", definition.Files[1].Sha256!.Value.Hex);
        Assert.Equal([new AccountRequest("a", 10, 10, "/home/a"), new AccountRequest("b", 20, 5, "/", "/bin/sh")], definition.Accounts);
        Assert.Equal(["/app"], definition.Config.Entrypoint!);
        Assert.Equal(["53/udp", "8080/tcp"], definition.Config.ExposedPorts);
        Assert.Equal("15", definition.Config.StopSignal);
        Assert.Equal(TimeSpan.FromSeconds(90), definition.Config.Healthcheck!.Interval);
        Assert.Equal(folder.Combine("policy.psd1"), definition.Policy);
        Assert.Equal(folder.Combine("web.lock.json"), definition.LockPath);
    }

    [Fact]
    public async Task An_archive_of_the_definition_takes_the_place_of_the_distributions_own()
    {
        using TempFolder folder = new();
        Write(folder, "own.pgp", "");
        ImageDefinition definition = await ReadAsync(folder, Good.Replace("\"Name\": \"web\",", "\"Name\": \"web\", \"Archives\": { \"Id\": \"debian\", \"Suites\": \"test\", \"Keyring\": \"./own.pgp\" },", StringComparison.Ordinal));
        Assert.Equal(["debian", "debian-security"], definition.Archives.Select(a => a.Id));
        Assert.Equal((folder.Combine("own.pgp"), "test"), (definition.Archives[0].Keyring, definition.Archives[0].Suites[0]));
    }

    [Fact]
    public async Task Order_notation_and_place_do_not_change_the_digest()
    {
        using TempFolder folder = new();
        using TempFolder other = new("other place é");
        ImageDefinition one = await ReadAsync(folder, Good);
        ImageDefinition two = await ReadAsync(other, """
            { "Config": { "Entrypoint": [], "Env": ["LANG=C.UTF-8", "TZ=UTC"], "User": ["65532:65532"] }, "Accounts": [{ "Uid": 65532, "Name": "nonroot" }],
              "Packages": { "libc6": [{ "Version": "2.36*", "Reason": "glibc" }], "tzdata": { "Reason": "time zones" } },
              "Platforms": ["linux/arm64", "linux/amd64"], "From": { "Suite": "bookworm", "Distribution": "debian", "Security": true, "Updates": true },
              "Name": "web", "SchemaVersion": 1, "Remove": [], "Policy": null }
            """.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal(one.ModelDigest, two.ModelDigest);
    }

    [Theory]
    [InlineData("\"time zones\"", "\"zones\"")]
    [InlineData("2.36*", "2.37*")]
    [InlineData("bookworm", "trixie")]
    [InlineData("\"Entrypoint\": []", "\"Entrypoint\": [\"/a\"]")]
    [InlineData(", \"Entrypoint\": []", "")]
    [InlineData("65532 }", "65533 }")]
    public async Task What_is_asked_for_changes_the_digest(string old, string changed)
    {
        using TempFolder folder = new();
        Digest before = (await ReadAsync(folder, Good)).ModelDigest;
        Assert.NotEqual(before, (await ReadAsync(folder, Good.Replace(old, changed, StringComparison.Ordinal))).ModelDigest);
    }

    [Fact]
    public async Task What_a_source_holds_does_not_change_the_digest()
    {
        using TempFolder folder = new();
        string text = Good.Replace("\"Name\": \"web\",", "\"Name\": \"web\", \"Files\": { \"Path\": \"/etc/motd\", \"Source\": \"motd\" },", StringComparison.Ordinal);
        Write(folder, "motd", "one");
        Digest before = (await ReadAsync(folder, text)).ModelDigest;
        Write(folder, "motd", "two");
        Assert.Equal(before, (await ReadAsync(folder, text)).ModelDigest);
    }

    [Fact]
    public async Task Turkish_letters_change_nothing()
    {
        using TempFolder folder = new();
        Digest before = (await ReadAsync(folder, Good)).ModelDigest;
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
            Assert.Equal(before, (await ReadAsync(folder, Good.Replace("\"Distribution\"", "\"DISTRIBUTION\"", StringComparison.Ordinal))).ModelDigest);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once_in_order_of_place()
    {
        using TempFolder folder = new();
        DefinitionInvalidException error = await Assert.ThrowsAsync<DefinitionInvalidException>(() => ReadAsync(folder, """
            {
              "SchemaVersion": 1,
              "Name": "Web",
              "From": { "Distribution": "debian", "Suite": "bookwrom" },
              "Platforms": ["amd64"],
              "Pakages": {},
              "Files": [{ "Path": "etc/motd", "Content": "x", "Mode": 420 }]
            }
            """));
        Assert.Equal([(3, 11), (4, 48), (5, 17), (6, 3), (7, 23), (7, 59)], error.Problems.Select(p => (p.Position.Line, p.Position.Column)));
        Assert.Equal(6, error.Message.Split('\n').Length);
        Assert.Contains("web.image.json:3:11: 'Web' is not an image name. Did you mean 'web'? (6 mistakes in all)", error.Message, StringComparison.Ordinal);
        Assert.Equal("DefinitionInvalid", error.ErrorId);
        Assert.Equal("Did you mean 'web'?", error.RecommendedAction);
    }

    [Theory]
    [InlineData("\"Name\": \"web\",", "\"Name\": \"web\",,", 3, "comma")]
    [InlineData("\"Name\": \"web\",", "'Name': \"web\",", 3, "double quotes")]
    [InlineData("\"Name\": \"web\",", "\"Name\": \"web\", // x", 3, "no comments")]
    [InlineData("\"Name\": \"web\",", "\"Name\": web,", 3, "double quotes")]
    [InlineData("\"Name\": \"web\",", "\"Name\": \"web\"", 4, "Put a comma before it")]
    [InlineData("\"Name\": \"web\",", "\"Name\": \"web\", \"Name\": \"x\",", 3, "Keep one")]
    [InlineData("\"Name\": \"web\",", "\"Name\": \"web\", \"Layering\": True,", 3, "small letters")]
    [InlineData("\"Uid\": 65532 }", "\"Uid\": 65532, }", 7, "Remove the comma")]
    [InlineData("\"Uid\": 65532 }", "\"Uid\": 065532 }", 7, "leading zero")]
    [InlineData("\"Uid\": 65532 }", "\"Uid\": 65532.5 }", 7, "whole number")]
    [InlineData("\"Uid\": 65532 }", "\"Uid\": 1e30 }", 7, "whole number")]
    [InlineData("\"Uid\": 65532 }", "\"Uid\": true }", 7, "without quotes")]
    [InlineData("{\n  \"SchemaVersion\"", "@{\n  \"SchemaVersion\"", 1, "PowerShell's notation")]
    public async Task Mistakes_in_JSON_have_a_place_and_a_hint(string old, string changed, int line, string hint)
    {
        using TempFolder folder = new();
        string text = Good.Replace("\r\n", "\n", StringComparison.Ordinal).Replace(old, changed, StringComparison.Ordinal);
        DefinitionInvalidException error = await Assert.ThrowsAsync<DefinitionInvalidException>(() => ReadAsync(folder, text));
        Assert.Equal(line, error.Problems[0].Position.Line);
        Assert.Contains(hint, error.Problems[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_or_foreign_file_is_its_own_error()
    {
        using TempFolder folder = new();
        await Assert.ThrowsAsync<PathNotFoundException>(() => Reader.ReadAsync(folder.Combine("no.image.json"), default));
        await Assert.ThrowsAsync<FileKindUnknownException>(() => ReadAsync(folder, Good, "web.image.yaml"));
        await Assert.ThrowsAsync<DefinitionInvalidException>(() => ReadAsync(folder, new string(' ', 1_100_000)));
        foreach (string text in new[] { "", "1", "[]", "null", "\"x\"" })
        {
            await Assert.ThrowsAsync<DefinitionInvalidException>(() => ReadAsync(folder, text));
        }
    }

    [Fact]
    public async Task A_link_to_an_endless_device_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has /dev/zero.");
        using TempFolder folder = new();
        File.CreateSymbolicLink(folder.Combine("web.image.json"), "/dev/zero");
        DefinitionInvalidException error = await Assert.ThrowsAsync<DefinitionInvalidException>(() => Reader.ReadAsync(folder.Combine("web.image.json"), TestContext.Current.CancellationToken));
        Assert.Contains("more than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutated_definitions_are_read_or_refused()
    {
        using TempFolder folder = new();
        Random random = new(20260102);
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e5", "-1", "\\u0000", "\\ud800", "/", "..", "*", "@{", "\n", "\"Path\"", "\"Files\"", "\u00e9", "\"Extends\":\"web.image.json\","];
        int read = 0;
        for (int i = 0; i < 3_000; i++)
        {
            string text = Good;
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at)),
                    1 => text.Insert(at, pieces[random.Next(pieces.Length)]),
                    _ => text.Remove(at, 1).Insert(at, ((char)random.Next(1, 0x250)).ToString()),
                };
            }

            try
            {
                await ReadAsync(folder, text);
                read++;
            }
            catch (DefinitionInvalidException e)
            {
                Assert.All(e.Problems, p => Assert.True(p.Position is { Line: >= 1, Column: >= 1, File.Length: > 0 } && p.Hint.Length > 0, p.ToString()));
            }
        }

        Assert.InRange(read, 50, 2_950);
    }
}
