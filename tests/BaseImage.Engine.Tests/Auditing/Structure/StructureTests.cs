using System.Text;
using BaseImage.Engine.Auditing.Structure;
using BaseImage.Engine.Tests.Auditing.Runtime;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Auditing.Structure;

/// <summary>Files of container-structure-test, held against images with and without an engine.</summary>
[Collection("Runs in engines")]
public sealed class StructureTests
{
    private const string More = """{"ExposedPorts":{"8080/tcp":{},"53/udp":{}},"Volumes":{"/data":{}},"Labels":{"org.example.team":"web","org.example.build":"beef"},"WorkingDir":"/srv"}""";
    private const string Rules = "BI?901,BI2902";

    private static readonly string[] Applets = ["sh", "sleep", "id", "yes", "cat", "touch", "ls"];

    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    [Quiet("BI1901", "BI2901", "BI2902", "BI3901", "BI5901")]
    public async Task A_file_that_holds_passes(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await ImageAsync(runs), runs.Engine.Host, rules: Rules, tests: [Example("holds.yaml")]);
        Assert.All(rows.Rows, row => Assert.True(row.Status is AuditStatus.Pass, rows.ToString()));
        Assert.Equal(8, rows.Rows.Count);
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI1901", "BI2901", "BI2902", "BI3901", "BI5901")]
    public async Task A_file_that_does_not_hold_says_why(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await ImageAsync(runs), runs.Engine.Host, rules: Rules, tests: [Example("fails.json")]);
        Assert.All(rows.Rows, row => Assert.True(row.Status is AuditStatus.Fail, rows.ToString()));
        Assert.Equal(11, rows.Rows.Count);
        string all = string.Join('\n', rows.Rows.SelectMany(row => row.Findings).Select(finding => finding.ToString()));
        foreach (string message in new[]
        {
            "the variable PATH is '/bin' and not '/usr/bin'", "port 9090 is not exposed", "the command is [/bin/sleep, 60] and not [/bin/true]", "the user is 'app' and not 'root'",
            "there is no volume /none", "the label absent is not set", "its permissions are -rwxr-xr-x and not -rwx------", "its owner is 0 and not 7", "its group is 0 and not 8", "'missing': it is not there",
            "'present': it is there", "it is not executable by other (-rw-r--r--)", "'toor' does not match its content", "'app' matches its content", "there is no such file", "there is no such licence file",
            "it ended with code 1 and not with 0: out", "'^in$' does not match its output: out", "its setup '/bin/sh -c echo why; exit 9' failed: why",
        })
        {
            Assert.Contains(message, all, StringComparison.Ordinal);
        }

        Assert.Empty(await runs.LabelledAsync());
    }

    [Fact]
    public async Task Without_running_it_commands_are_skipped_and_all_else_is_judged()
    {
        using TestRuns runs = await TestRuns.OpenAsync("dockerd");
        RunRows rows = await runs.AuditAsync(await ImageAsync(runs), "unix:///nowhere/at/all.sock", request => request with { ConfirmAsync = (_, _) => Task.FromResult(false) }, Rules, [Example("holds.yaml")]);
        Assert.Equal(AuditStatus.Skipped, rows["BI5901"].Status);
        Assert.Equal(7, rows.Rows.Count(row => row.Status is AuditStatus.Pass));
    }

    [Theory]
    [InlineData("schemaVersion: 3.0.0", "1:16", "not known")]
    [InlineData("schemaVersion: 2.0.0\nfileExistanceTests: []", "2:1", "fileExistenceTests")]
    [InlineData("schemaVersion: 2.0.0\nfileExistenceTests:\n- name: a\n  path: /a\n  permision: x", "5:3", "permissions")]
    [InlineData("schemaVersion: 2.0.0\nfileExistenceTests:\n- path: /a", "3:3", "name")]
    [InlineData("schemaVersion: 2.0.0\nfileExistenceTests:\n- {name: a, path: /a, isExecutableBy: me}", "3:39", "any, owner")]
    [InlineData("schemaVersion: 2.0.0\ncommandTests:\n- {name: a, command: a, expectedOutput: ['(a']}", "3:42", "is not read")]
    [InlineData("schemaVersion: 2.0.0\ncommandTests:\n- {name: a, command: a, setup: [[]]}", "3:32", "none empty")]
    [InlineData("schemaVersion: 2.0.0\nschemaVersion: 2.0.0", "2:1", "twice")]
    [InlineData("a: &a b\nc: *a", "2:4", "aliases")]
    [InlineData("a: [", "", "YAML")]
    [InlineData("", "1:1", "empty")]
    public void Mistakes_are_told_with_their_place(string text, string place, string words)
    {
        StructureTestInvalidException e = Assert.Throws<StructureTestInvalidException>(() => StructureTestReader.Read("/t.yaml", Encoding.UTF8.GetBytes(text)));
        Assert.True(e.Problems.Any(problem => $"{problem.Position.Line}:{problem.Position.Column}".StartsWith(place, StringComparison.Ordinal) && $"{problem.Problem} {problem.Hint}".Contains(words, StringComparison.Ordinal)), string.Join('\n', e.Problems));
    }

    [Fact]
    public void The_old_schema_has_its_command_in_one_list()
    {
        StructureTestFile file = StructureTestReader.Read("/t.yaml", "schemaVersion: 1.0.0\ncommandTests:\n- name: old\n  command: [cat, /etc/passwd]\n"u8);
        Assert.Equal(["cat", "/etc/passwd"], Assert.IsType<CommandTest>(Assert.Single(file.Tests)).Command);
    }

    [Fact]
    public void What_a_test_must_not_have_is_refused_by_name()
        => Assert.Equal("privileged, bindMounts, envFile", StructureTestReader.Read("/t.yaml", "schemaVersion: 2.0.0\ncontainerRunOptions: {privileged: true, bindMounts: ['/:/host'], envFile: /etc/shadow}\n"u8).Refused);

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        byte[] good = File.ReadAllBytes(Example("holds.yaml"));
        Gen<byte[]> mutated = Gen.Choose(0, good.Length - 1).Zip(Gen.Choose(0, 255)).ListOf(5).Select(changes =>
        {
            byte[] bytes = [.. good];
            foreach ((int at, int value) in changes)
            {
                bytes[at] = (byte)value;
            }

            return bytes;
        });
        Prop.ForAll(mutated.ToArbitrary(), bytes =>
        {
            try
            {
                StructureTestReader.Read("/t.yaml", bytes);
            }
            catch (StructureTestInvalidException)
            {
                // That is the one way to refuse it.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Theory]
    [InlineData(@"a$", "a\n", false)]
    [InlineData(@"(?m)a$", "a\nb", true)]
    [InlineData(@"^\d+$", "٣", false)]
    [InlineData(@"[\d]", "3", true)]
    [InlineData(@"(?P<n>x)y", "xy", true)]
    [InlineData(@"[[:alpha:]_]+z", "ab_z", true)]
    [InlineData(@"[]a]b", "]b", true)]
    [InlineData(@"\pLx", "éx", true)]
    [InlineData(@"\.\$", ".$", true)]
    public void Patterns_mean_what_they_mean_in_Go(string pattern, string text, bool matches)
        => Assert.Equal(matches, GoPattern.TryParse(pattern, out string problem)?.IsMatch(text) ?? throw new InvalidOperationException(problem));

    [Theory]
    [InlineData(@"(?=a)")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\Qa\E")]
    [InlineData(@"(?U)a+")]
    [InlineData(@"(")]
    public void Patterns_that_are_none_are_refused(string pattern) => Assert.Null(GoPattern.TryParse(pattern, out _));

    [Theory]
    [InlineData(ImageFileKind.File, 0x1A4, "-rw-r--r--")]
    [InlineData(ImageFileKind.File, 0x9ED, "urwxr-xr-x")]
    [InlineData(ImageFileKind.Directory, 0x3FF, "dtrwxrwxrwx")]
    [InlineData(ImageFileKind.SymbolicLink, 0x1FF, "Lrwxrwxrwx")]
    [InlineData(ImageFileKind.CharacterDevice, 0x1B6, "Dcrw-rw-rw-")]
    public void Modes_are_written_as_Go_writes_them(ImageFileKind kind, int mode, string text) => Assert.Equal(text, GoMode.Format(kind, mode));

    [Theory]
    [InlineData("$A/${A}b$", "1/1b$")]
    [InlineData("$$ $B.", " .")]
    public void Variables_are_put_in_as_Go_does(string text, string expanded) => Assert.Equal(expanded, GoExpansion.Expand(text, new Dictionary<string, string> { ["A"] = "1" }));

    private static async Task<string> ImageAsync(TestRuns runs)
    {
        byte[] busybox = await File.ReadAllBytesAsync(Tools.Require("busybox"), TestContext.Current.CancellationToken);
        TestTar tar = new TestTar().Add("bin/", '5', mode: 0x1ED).Add("etc/", '5', mode: 0x1ED).Add("srv/", '5', mode: 0x1FF).Add("tmp/", '5', mode: 0x3FF)
            .Add("etc/passwd", content: "root:x:0:0::/:/bin/sh\napp:x:65532:65532::/srv:/bin/sh\n"u8.ToArray()).Add("bin/busybox", content: busybox, mode: 0x1ED);
        foreach (string applet in Applets)
        {
            tar.Add("bin/" + applet, '1', link: "bin/busybox", mode: 0x1ED);
        }

        System.Text.Json.Nodes.JsonObject config = (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(More)!;
        (config["User"], config["Env"], config["Cmd"]) = ("app", new System.Text.Json.Nodes.JsonArray("PATH=/bin", "VERSION=1.25"), new System.Text.Json.Nodes.JsonArray("/bin/sleep", "60"));
        return await runs.WriteAsync(TestEngineImage.Of([tar.ToArray()], config.ToJsonString(), "localhost/structure:test"));
    }

    private static string Example(string name) => Path.Combine(ProbeTests.Root(), "tests", "BaseImage.Engine.Tests", "Auditing", "Structure", "Examples", name);
}
