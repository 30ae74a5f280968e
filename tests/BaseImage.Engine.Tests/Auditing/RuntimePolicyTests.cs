using System.Text;
using BaseImage.Documents;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>The table Runtime of policies: under what images are run.</summary>
public sealed class RuntimePolicyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Every_setting_is_read_and_reaches_the_run()
    {
        RuntimeSettings settings = Read("""
            "MemoryLimit": "256 MiB", "ProcessLimit": 64, "ProcessorLimit": 0.5, "RunAs": "65532:0", "RunSeconds": 7, "TimeoutSeconds": 90, "ReadySeconds": 30, "GraceSeconds": 5,
            "Port": [8080, "53/UDP"], "LoadPath": "/health?x=%20", "LoadRequests": 500, "LoadSeconds": 9, "LeakSeconds": 60
            """);
        RuntimeRequest run = new RuntimeRequest { ConfirmAsync = (_, _) => Task.FromResult(true) }.With(settings);
        Assert.Equal((256L << 20, 64, 0.5, "65532:0"), (run.Memory, run.Processes, run.Processors, run.User));
        Assert.Equal([7, 90, 30, 5, 9, 60], new[] { run.Watch, run.Timeout, run.Ready, run.Grace, run.LoadTime, run.LeakTime }.Select(time => time.TotalSeconds));
        Assert.Equal(["8080/tcp", "53/udp"], run.Ports);
        Assert.Equal(("/health?x=%20", 500), (run.LoadPath, run.LoadRequests));
        Assert.Equal(RuntimeReader.Keys.Order(StringComparer.Ordinal), typeof(RuntimeSettings).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.All(typeof(RuntimeSettings).GetProperties(), property => Assert.NotNull(property.GetValue(settings)));
    }

    [Fact]
    public void What_is_not_said_stays_and_the_caller_goes_before_the_policy()
    {
        RuntimeRequest plain = new() { ConfirmAsync = (_, _) => Task.FromResult(true) };
        Assert.Equal(plain, plain.With(new RuntimeSettings()));
        RuntimeRequest run = plain.With(Read("\"GraceSeconds\": 5, \"LoadRequests\": 10, \"Port\": 80")).With(new RuntimeSettings { GraceSeconds = 7, Port = [] });
        Assert.Equal((7, 10, 0, plain.Memory), (run.Grace.TotalSeconds, run.LoadRequests, run.Ports.Count, run.Memory));
    }

    [Theory]
    [InlineData("MemoryLimit", "16777216", 16L << 20)]
    [InlineData("MemoryLimit", "\"1.5 GB\"", 1_500_000_000L)]
    [InlineData("ProcessorLimit", "2", 2.0)]
    [InlineData("RunAs", "1000", "1000")]
    [InlineData("RunAs", "\"4294967294:0\"", "4294967294:0")]
    [InlineData("LoadRequests", "0", 0)]
    public void Notations_of_a_value_are_understood(string key, string value, object expected)
        => Assert.Equal(expected, typeof(RuntimeSettings).GetProperty(key)!.GetValue(Read($"\"{key}\": {value}")));

    [Theory]
    [InlineData("\"MemoryLimit\": \"lots\"", "'lots' is no size", "MemoryLimit = '256 MiB'")]
    [InlineData("\"MemoryLimit\": true", "'true' is no size", "MemoryLimit = '256 MiB'")]
    [InlineData("\"MemoryLimit\": \"8 MiB\"", "8388608 bytes, and less than 16 MiB nothing can start", "MemoryLimit = '256 MiB'")]
    [InlineData("\"ProcessLimit\": 7", "not a whole number from 8 to 1048576", "from 8 to 1048576")]
    [InlineData("\"ProcessLimit\": \"64\"", "a text, but must be a number", "without quotes")]
    [InlineData("\"ProcessorLimit\": 0", "no number from 0.1 to 1024", "0.5")]
    [InlineData("\"ProcessorLimit\": \"0.5\"", "no number from 0.1 to 1024", "without quotes")]
    [InlineData("\"RunAs\": \"root\"", "the text 'root', which is no user and group in numbers", "65532:65532")]
    [InlineData("\"RunAs\": -1", "no user and group in numbers", "65532:65532")]
    [InlineData("\"RunAs\": \"4294967295\"", "no user and group in numbers", "65532:65532")]
    [InlineData("\"RunAs\": \"1\\n\"", "no user and group in numbers", "65532:65532")]
    [InlineData("\"RunSeconds\": 0", "not a whole number from 1 to 120", "from 1 to 120")]
    [InlineData("\"TimeoutSeconds\": 4", "not a whole number from 5 to 600", "from 5 to 600")]
    [InlineData("\"ReadySeconds\": 601", "not a whole number from 1 to 600", "from 1 to 600")]
    [InlineData("\"GraceSeconds\": 1.5", "not a whole number from 1 to 600", "from 1 to 600")]
    [InlineData("\"GraceSeconds\": []", "must be a number", "without quotes")]
    [InlineData("\"Port\": \"http\"", "which is no port", "8080/tcp")]
    [InlineData("\"Port\": [80, 70000]", "which is no port", "8080/tcp")]
    [InlineData("\"LoadPath\": \"health\"", "no path of a request", "/health")]
    [InlineData("\"LoadPath\": \"/a b\"", "no path of a request", "%20")]
    [InlineData("\"LoadPath\": \"/a\\r\\nHost: x\"", "no path of a request", "%20")]
    [InlineData("\"LoadRequests\": -1", "not a whole number from 0 to 100000", "from 0 to 100000")]
    [InlineData("\"LoadSeconds\": 121", "not a whole number from 1 to 120", "from 1 to 120")]
    [InlineData("\"LeakSeconds\": \"a minute\"", "must be a number", "without quotes")]
    [InlineData("\"Memory\": \"1 GiB\"", "no key 'Memory'", "MemoryLimit")]
    [InlineData("\"User\": 1000", "no key 'User'", "RunAs")]
    [InlineData("\"Ports\": 80", "no key 'Ports'", "Port = 8080")]
    [InlineData("\"GraceSecond\": 1", "no key 'GraceSecond'", "GraceSeconds")]
    [InlineData("\"IncludeRuntime\": true", "no key 'IncludeRuntime'", "-IncludeRuntime")]
    [InlineData("\"ReadySeconds\": 1, \"readyseconds\": 2", "twice", "one of them")]
    public void Mistakes_have_a_place_and_a_hint(string settings, string problem, string hint)
    {
        const string Before = "{ \"SchemaVersion\": 1,\n  \"Runtime\": { ";
        PolicyInvalidException error = Assert.Throws<PolicyInvalidException>(() => Read(JsonDataFile.Read(Encoding.UTF8.GetBytes($"{Before}{settings} }} }}"), "/p/policy.json")));
        DataProblem told = Assert.Single(error.Problems);
        Assert.Contains(problem, told.Problem, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(hint, told.Hint, StringComparison.Ordinal);
        Assert.Equal(2, told.Position.Line);
        Assert.True(told.Position.Column >= 16, error.Message);
        Assert.StartsWith("/p/policy.json:2:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Runtime\": 5", "Runtime must be a table")]
    [InlineData("\"Runtime\": [{}, {}]", "Runtime must be a table")]
    [InlineData("\"RunProfile\": {}", "no key 'RunProfile'")]
    [InlineData("\"Final\": \"Runtime.Grace\"", "nothing that can be final")]
    public void Mistakes_beside_it_are_told(string text, string problem)
    {
        PolicyInvalidException error = Assert.Throws<PolicyInvalidException>(() => Read(JsonDataFile.Read(Encoding.UTF8.GetBytes($"{{ \"SchemaVersion\": 1, {text} }}"), "/p/policy.json")));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("/p/policy.json:1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_extend_one_another_and_speak_of_some_images()
    {
        Write("company.json", """{ "SchemaVersion": 1, "Runtime": { "GraceSeconds": 5, "ReadySeconds": 30, "Port": [80, 443] }, "Images": { "db*": { "Runtime": { "MemoryLimit": "1 GiB" } } } }""");
        Write("web.json", """{ "SchemaVersion": 1, "Extends": "company.json", "Runtime": { "GraceSeconds": null, "ReadySeconds": 60, "Port": 8080 } }""");
        PolicySet set = await ReadAsync("web.json");
        RuntimeSettings web = set.For("web", "r").Runtime, database = set.For("db-1", "r").Runtime;
        Assert.Equal((null, 60, null), (web.GraceSeconds, web.ReadySeconds, web.MemoryLimit));
        Assert.Equal("8080/tcp", Assert.Single(web.Port!));
        Assert.Equal((60, 1L << 30), (database.ReadySeconds, database.MemoryLimit));
        Assert.NotEqual(set.Identity(TestFacts.Epoch), (await ReadAsync("company.json")).Identity(TestFacts.Epoch));
    }

    [Theory]
    [InlineData("Runtime", """{ "Runtime": { "GraceSeconds": 60 } }""", "Runtime.GraceSeconds")]
    [InlineData("runtime.graceseconds", """{ "Runtime": { "GraceSeconds": null } }""", "Runtime.GraceSeconds")]
    [InlineData("Runtime.MemoryLimit", """{ "Images": { "x": { "Runtime": { "MemoryLimit": "1 GiB" } } } }""", "Runtime.MemoryLimit")]
    public async Task What_is_final_stays(string final, string child, string what)
    {
        Write("company.json", $$"""{ "SchemaVersion": 1, "Final": "{{final}}", "Runtime": { "GraceSeconds": 5, "MemoryLimit": "64 MiB" } }""");
        Write("web.json", child.Insert(1, """ "SchemaVersion": 1, "Extends": "company.json", """));
        PolicyInvalidException error = await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("web.json"));
        Assert.Contains($"{what} is final", error.Message, StringComparison.Ordinal);
        Assert.Contains("web.json:1:", error.Message, StringComparison.Ordinal);

        // What is final of a table is no rule: everything may be suppressed still.
        Write("web.json", """{ "SchemaVersion": 1, "Extends": "company.json", "Runtime": { "LoadRequests": 3 }, "Suppressions": { "Rule": "*", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } }""");
        if (final != "Runtime")
        {
            Assert.Empty(Assert.Single((await ReadAsync("web.json")).General.Suppressions).NotFor);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static RuntimeSettings Read(string settings) => Read(JsonDataFile.Read(Encoding.UTF8.GetBytes($$"""{ "SchemaVersion": 1, "Runtime": { {{settings}} } }"""), "/p/policy.json"));

    private static RuntimeSettings Read(DataDocument document) => new PolicyReader(new DataFiles(null!), RuleCatalogue.Instance).Read(document).General.Runtime;

    private void Write(string name, string json) => File.WriteAllText(_folder.Combine(name), json, new UTF8Encoding(false));

    private Task<PolicySet> ReadAsync(string name) => AuditorTests.Policies.ReadAsync(_folder.Combine(name), TestContext.Current.CancellationToken);
}
