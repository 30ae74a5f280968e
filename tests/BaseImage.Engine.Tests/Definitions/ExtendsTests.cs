using BaseImage.Errors;
using static BaseImage.Engine.Tests.Definitions.DefinitionFixture;

namespace BaseImage.Engine.Tests.Definitions;

public sealed class ExtendsTests
{
    [Fact]
    public async Task Tables_merge_by_key_lists_by_their_rule_and_null_takes_away()
    {
        using TempFolder folder = new();
        Write(folder, "shared/motd", "x");
        Write(folder, "shared/company.json", """
            {
              "SchemaVersion": 1, "Description": "company", "From": { "Distribution": "debian", "Suite": "bookworm", "Updates": false },
              "Platforms": ["linux/amd64", "linux/arm64"],
              "Packages": { "ca-certificates": "roots", "tzdata": "zones", "netbase": "services" },
              "Remove": "/usr/share/doc/**", "Files": [{ "Path": "/etc/motd", "Source": "motd" }, { "Path": "/etc/issue", "Content": "company" }],
              "Accounts": { "Name": "nonroot", "Uid": 65532 },
              "Config": { "User": "65532", "Env": ["TZ=UTC", "A=1"], "Cmd": ["/a", "-x"], "Labels": { "vendor": "Contoso", "team": "none" } }
            }
            """);
        ImageDefinition definition = await ReadAsync(folder, """
            {
              "Extends": "shared/company.json", "Name": "web", "Platforms": "linux/amd64", "From": { "Suite": "trixie" },
              "Packages": { "tzdata": "clocks", "netbase": null }, "Remove": ["/usr/share/man/**", "/usr/share/doc/**"],
              "Files": { "Path": "/etc/issue", "Content": "web" }, "Accounts": { "Name": "app", "Uid": 1000 },
              "Config": { "Env": ["TZ=Europe/Berlin", "B=2"], "Cmd": ["/b"], "Labels": { "team": "web" } }
            }
            """);
        Assert.Equal(new DistributionSource("debian", "trixie", false), definition.From);
        Assert.Equal([Platform.LinuxAmd64], definition.Platforms);
        Assert.Equal("company", definition.Description);
        Assert.Equal(["ca-certificates=roots", "tzdata=clocks"], definition.Packages.Select(p => $"{p.Name}={p.Reason}"));
        Assert.Equal(["/usr/share/doc/**", "/usr/share/man/**"], definition.Remove);
        Assert.Equal(["/etc/issue=web", "/etc/motd="], definition.Files.Select(f => $"{f.Path}={f.Content}"));
        Assert.Equal(folder.Combine("shared", "motd"), definition.Files[1].SourcePath);
        Assert.Equal(["app", "nonroot"], definition.Accounts.Select(a => a.Name));
        Assert.Equal(["A=1", "B=2", "TZ=Europe/Berlin"], definition.Config.Env);
        Assert.Equal(["/b"], definition.Config.Cmd!);
        Assert.Equal(["team=web", "vendor=Contoso"], definition.Config.Labels.Select(l => $"{l.Key}={l.Value}"));
        Assert.Equal([folder.Combine("shared", "company.json")], definition.Extends);
    }

    [Fact]
    public async Task What_is_extended_can_be_taken_back_key_by_key_or_as_a_whole()
    {
        using TempFolder folder = new();
        Write(folder, "shared/all.json", """{ "Without": { "openssl": "not needed", "debconf": "no scripts" }, "Remove": ["/a", "/b"], "Config": { "StopSignal": "SIGTERM", "Labels": { "a": "1", "b": "2" }, "Healthcheck": { "Test": ["CMD", "/x"] } }, "Policy": "policy.json" }""");
        Write(folder, "shared/policy.json", "{}");
        ImageDefinition definition = await ReadAsync(folder, """
            {
              "SchemaVersion": 1, "Extends": "shared/all.json", "Name": "web", "From": { "Distribution": "debian", "Suite": "bookworm" }, "Platforms": "linux/amd64",
              "Packages": { "openssl": "the command is wanted here" }, "Without": { "openssl": null }, "Remove": null,
              "Config": { "StopSignal": null, "Labels": { "a": null }, "Healthcheck": null }, "Policy": null
            }
            """);
        Assert.Equal(["debconf"], definition.Without.Keys);
        Assert.Empty(definition.Remove);
        Assert.Equal(["b"], definition.Config.Labels.Keys);
        Assert.Null(definition.Config.Healthcheck);
        Assert.Null(definition.Policy);
        Assert.True(string.IsNullOrEmpty(definition.Config.StopSignal));
    }

    [Fact]
    public async Task Paths_are_taken_from_the_file_that_states_them_and_may_lead_out_of_its_folder()
    {
        using TempFolder folder = new();
        Write(folder, "company/policy.json", "{}");
        Write(folder, "company/motd", "x");
        Write(folder, "company/base.json", """{ "Policy": "policy.json", "Files": { "Path": "/etc/motd", "Source": "./motd" } }""");
        Write(folder, "team/team.json", """{ "Extends": "../company/base.json" }""");
        string text = Good.Replace("\"SchemaVersion\"", "\"Extends\": \"../../team/team.json\", \"SchemaVersion\"", StringComparison.Ordinal);
        ImageDefinition definition = await ReadAsync(folder, text, "images/web/web.image.json");
        Assert.Equal([folder.Combine("team", "team.json"), folder.Combine("company", "base.json")], definition.Extends);
        Assert.Equal(folder.Combine("company", "policy.json"), definition.Policy);
        Assert.Equal(folder.Combine("company", "motd"), Assert.Single(definition.Files).SourcePath);
        Assert.NotEqual((await ReadAsync(folder, Good)).ModelDigest, definition.ModelDigest);
    }

    [Fact]
    public async Task A_definition_that_was_split_has_the_same_digest()
    {
        using TempFolder folder = new();
        Digest whole = (await ReadAsync(folder, Good)).ModelDigest;
        Write(folder, "base.json", """{ "SchemaVersion": 1, "From": { "Distribution": "debian", "Suite": "bookworm" }, "Packages": { "tzdata": "time zones" }, "Config": { "Env": "TZ=UTC" } }""");
        ImageDefinition split = await ReadAsync(folder, """
            { "Extends": ["base.json"], "Name": "web", "Platforms": ["linux/amd64", "linux/arm64"], "Packages": { "libc6": { "Reason": "glibc", "Version": "2.36*" } },
              "Accounts": { "Name": "nonroot", "Uid": 65532 }, "Config": { "User": "65532:65532", "Env": "LANG=C.UTF-8", "Entrypoint": [] } }
            """);
        Assert.Equal(whole, split.ModelDigest);
    }

    [Fact]
    public async Task Of_several_the_later_is_laid_over_the_earlier()
    {
        using TempFolder folder = new();
        Write(folder, "a.json", """{ "Description": "a", "Workloads": "a" }""");
        Write(folder, "b.json", """{ "Description": "b" }""");
        ImageDefinition definition = await ReadAsync(folder, Good.Replace("\"Name\"", "\"Extends\": [\"a.json\", \"b.json\"], \"Name\"", StringComparison.Ordinal).Replace("\"Accounts\": { \"Extends\": [\"a.json\", \"b.json\"], \"Name\"", "\"Accounts\": { \"Name\"", StringComparison.Ordinal));
        Assert.Equal(("b", "a"), (definition.Description, definition.Workloads));
    }

    [Fact]
    public async Task A_mistake_in_an_extended_file_is_told_where_it_is()
    {
        using TempFolder folder = new();
        Write(folder, "base.json", "{\n  \"Layering\": \"Many\"\n}");
        DefinitionInvalidException error = await Assert.ThrowsAsync<DefinitionInvalidException>(() => ReadAsync(folder, Good.Replace("\"SchemaVersion\"", "\"Extends\": \"base.json\", \"SchemaVersion\"", StringComparison.Ordinal)));
        Assert.StartsWith(folder.Combine("base.json") + ":2:15: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Circles_depth_and_what_is_missing_are_refused()
    {
        using TempFolder folder = new();
        Write(folder, "a.json", """{ "Extends": "b.json" }""");
        Write(folder, "b.json", """{ "Extends": "./a.json" }""");
        Assert.Contains("a.json -> b.json -> a.json", await FailureAsync(folder, "a.json"), StringComparison.Ordinal);
        Assert.Contains("cannot extend itself", await FailureAsync(folder, "web.image.json"), StringComparison.Ordinal);
        Assert.Contains("does not exist", await FailureAsync(folder, "c.json"), StringComparison.Ordinal);
        Assert.Contains("own folder", await FailureAsync(folder, "/c.json"), StringComparison.Ordinal);
        Assert.Contains("neither .psd1 nor .json", await FailureAsync(folder, "motd.txt"), StringComparison.Ordinal);
        for (int i = 0; i < 12; i++)
        {
            Write(folder, $"d{i}.json", $$"""{ "Extends": "d{{i + 1}}.json" }""");
        }

        Assert.Contains("More than 8", await FailureAsync(folder, "d0.json"), StringComparison.Ordinal);
        for (int i = 0; i < 8; i++)
        {
            Write(folder, $"e{i}.json", $$"""{ "Extends": [{{string.Join(',', Enumerable.Repeat($"\"e{i + 1}.json\"", 10))}}] }""");
        }

        Write(folder, "e8.json", "{}");
        Assert.Contains("64 in all", await FailureAsync(folder, "e0.json"), StringComparison.Ordinal);
    }

    private static async Task<string> FailureAsync(TempFolder folder, string extends)
    {
        Write(folder, "motd.txt", "");
        string text = Good.Replace("\"SchemaVersion\"", $"\"Extends\": \"{extends}\", \"SchemaVersion\"", StringComparison.Ordinal);
        return (await Assert.ThrowsAsync<DefinitionInvalidException>(() => ReadAsync(folder, text))).Problems[0].ToString();
    }
}
