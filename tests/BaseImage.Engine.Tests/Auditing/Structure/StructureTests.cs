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

    [Theory]
    [InlineData("/t.yaml", "schemaVersion: 2.0.0\nmetadataTest: yes", "Write key: value, each key on a line of its own.")]
    [InlineData("/t.yml", "schemaVersion: 2.0.0\nfileExistenceTests: [a]", "Write key: value, each key on a line of its own.")]
    [InlineData("/t.json", "{\"schemaVersion\":\"2.0.0\",\"metadataTest\":\"yes\"}", "Write { \"Key\": value }.")]
    [InlineData("/t.yaml", "schemaVersion: 2.0.0\ncommandTests:\n- {name: a, command: a, exitCode: \"1\"}", "Write exitCode: 1 without quotes.")]
    [InlineData("/t.yaml", "just words", "Write key: value, each key on a line of its own.")]
    public void Hints_are_in_the_notation_of_the_file(string path, string text, string hint)
    {
        StructureTestInvalidException e = Assert.Throws<StructureTestInvalidException>(() => StructureTestReader.Read(path, Encoding.UTF8.GetBytes(text)));
        Assert.Contains(e.Problems, problem => problem.Hint == hint);
        Assert.DoesNotContain("@{", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("$true", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_old_schema_has_its_command_in_one_list()
    {
        StructureTestFile file = StructureTestReader.Read("/t.yaml", "schemaVersion: 1.0.0\ncommandTests:\n- name: old\n  command: [cat, /etc/passwd]\n"u8);
        Assert.Equal(["cat", "/etc/passwd"], Assert.IsType<CommandTest>(Assert.Single(file.Tests)).Command);
    }

    [Fact]
    public void What_a_test_must_not_have_is_refused_by_name()
        => Assert.Equal("privileged, allocateTty, bindMounts", StructureTestReader.Read("/t.yaml", "schemaVersion: 2.0.0\ncontainerRunOptions: {privileged: true, bindMounts: ['/:/host'], allocateTty: true}\n"u8).Refused);

    [Theory, MemberData(nameof(Both))]
    public async Task Commands_see_the_variables_that_the_options_name_and_rows_do_not_show_them(string engine)
    {
        using TempFolder folder = new("structure");
        string name = $"BASEIMAGE_TEST_{Guid.NewGuid():N}", secret = $"hunter{Guid.NewGuid():N}", own = $"file{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(folder.Combine("test.env"), $"# ours\r\nFROM_FILE={own}\nBOTH=file\n{name}_NONE\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Combine("t.yaml"), $$"""
            schemaVersion: 2.0.0
            globalEnvVars: [{key: BOTH, value: global}]
            commandTests:
            - {name: seen, command: sh, args: [-c, 'echo "$VERSION $BOTH ${{name}} $FROM_FILE"'], expectedOutput: ['^1\.25 global {{secret}} {{own}}\n$']}
            - {name: shown, command: sh, args: [-c, 'echo $FROM_FILE; printf "%0130d" 0; echo ${{name}}; env; exit 4'], expectedOutput: [nothing]}
            containerRunOptions: {envVars: [{{name}}], envFile: test.env}
            """, TestContext.Current.CancellationToken);
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        Environment.SetEnvironmentVariable(name, secret);
        try
        {
            RunRows rows = await runs.AuditAsync(await ImageAsync(runs), runs.Engine.Host, rules: "BI5901", tests: [folder.Combine("t.yaml")]);
            Assert.Equal([AuditStatus.Pass, AuditStatus.Fail], rows.Rows.Select(row => row.Status));
            string all = string.Join('\n', rows.Rows.SelectMany(row => row.Findings.Select(finding => $"{finding} {row.Message}")));
            Assert.Contains("<FROM_FILE>", all, StringComparison.Ordinal);
            foreach (string value in new[] { secret, own })
            {
                Assert.DoesNotContain(value[..12], all, StringComparison.Ordinal);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        // Without it nothing is run, and that is no pass.
        RunRows unset = await runs.AuditAsync(await ImageAsync(runs), runs.Engine.Host, rules: "BI5901", tests: [folder.Combine("t.yaml")]);
        Assert.All(unset.Rows, row => Assert.Equal(AuditStatus.Error, row.Status));
        Assert.Contains($"the variable {name} (envVars), not set on this machine", unset.Rows[0].Message, StringComparison.Ordinal);
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory]
    [InlineData("envFile: /etc/shadow", "", "3:12", "no file in the folder of the tests")]
    [InlineData("envFile: ../x.env", "", "3:12", "no file in the folder of the tests")]
    [InlineData("envFile: link.env", "", "3:12", "no file in the folder of the tests")]
    [InlineData("envFile: none.env", "", "3:12", "cannot be read")]
    [InlineData("envFile: a.env", "A=1\nroot:x:0 secret", "2:1", "no name of a variable")]
    [InlineData("envFile: a.env", "=secret", "1:1", "no name of a variable")]
    [InlineData("envVars: [A=secret]", "", "3:13", "no name of a variable")]
    [InlineData("envVars: ['']", "", "3:13", "no name of a variable")]
    public async Task Variables_that_are_none_are_told_with_their_place_and_nothing_of_them(string options, string content, string place, string words)
    {
        using TempFolder folder = new("structure");
        await File.WriteAllTextAsync(folder.Combine("a.env"), content, TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(folder.Combine("link.env"), "/etc/hostname");
        await File.WriteAllTextAsync(folder.Combine("t.yaml"), $"schemaVersion: 2.0.0\ncontainerRunOptions:\n  {options}\n", TestContext.Current.CancellationToken);
        StructureTestInvalidException e = await Assert.ThrowsAsync<StructureTestInvalidException>(() => StructureTestReader.ReadAsync(folder.Combine("t.yaml"), TestContext.Current.CancellationToken));
        Assert.Contains(e.Problems, problem => $"{problem.Position.Line}:{problem.Position.Column}" == place && problem.Problem.Contains(words, StringComparison.Ordinal));
        Assert.True(!content.Contains("secret", StringComparison.Ordinal) || !e.Message.Contains("secret", StringComparison.Ordinal), e.Message);
    }

    [Fact]
    public async Task Variables_tell_one_audit_from_another()
    {
        using TempFolder folder = new("structure");
        StructureTestFile file = StructureTestReader.Read(folder.Combine("t.yaml"), "schemaVersion: 2.0.0\ncontainerRunOptions: {envVars: [A, B]}\n"u8);
        async Task<Digest> With(string a, string b) => (await StructureEnvironment.AddAsync(file, name => name == "A" ? a : b, TestContext.Current.CancellationToken)).Digest;
        Assert.Equal(3, new[] { await With("1", "2"), await With("2", "2"), await With("1", "2"), await With("12", "") }.Distinct().Count());
    }

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

    private static string Example(string name) => Path.Combine(Tools.Root(), "tests", "BaseImage.Engine.Tests", "Auditing", "Structure", "Examples", name);
}
