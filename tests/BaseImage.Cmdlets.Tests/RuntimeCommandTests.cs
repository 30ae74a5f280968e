using System.Management.Automation;

namespace BaseImage.Cmdlets.Tests;

/// <summary>What Test-BaseImage does about running images before any engine is asked.</summary>
public sealed class RuntimeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    public RuntimeCommandTests() => SmallLayout.Write(Path.Combine(_folder, "root"), "0:0");

    [Fact]
    public void Without_the_switch_the_rules_are_no_part_of_the_audit_and_named_they_are_skipped()
    {
        using Shell shell = new();
        Assert.DoesNotContain(shell.Run($"Test-BaseImage 'oci:{_folder}/root' -Confirm:$false"), IsRuntime);
        IReadOnlyList<PSObject> named = shell.Run($"Test-BaseImage 'oci:{_folder}/root' -Rule BI5*");
        Assert.Equal(22, named.Count);
        Assert.All(named, row => Assert.Equal("Skipped", Text(row, "Status")));
        Assert.All(named, row => Assert.Contains("-IncludeRuntime was not given", Text(row, "Message"), StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIf_runs_nothing_and_the_other_rules_are_judged()
    {
        using Shell shell = new();
        IReadOnlyList<PSObject> rows = shell.Run($"Test-BaseImage 'oci:{_folder}/root' -IncludeRuntime -WhatIf -DockerHost unix:///nowhere/at/all.sock");
        Assert.Equal(22, rows.Count(IsRuntime));
        Assert.All(rows.Where(IsRuntime), row => Assert.Equal("Skipped", Text(row, "Status")));
        Assert.Contains(rows, row => Text(row, "RuleId") == "BI1001" && Text(row, "Status") == "Fail");
    }

    [Fact]
    public void Where_no_engine_is_the_rows_are_errors_and_the_rest_is_judged()
    {
        using Shell shell = new();
        IReadOnlyList<PSObject> rows = shell.Run($"$ErrorActionPreference = 'Stop'; Test-BaseImage 'oci:{_folder}/root' -IncludeRuntime -Confirm:$false -DockerHost unix:///nowhere/at/all.sock");
        Assert.Equal(22, rows.Count(IsRuntime));
        Assert.All(rows.Where(IsRuntime), row => Assert.Equal("Error", Text(row, "Status")));
        Assert.All(rows.Where(IsRuntime), row => Assert.Contains("/nowhere/at/all.sock", Text(row, "Message"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-MemoryLimit 1")]
    [InlineData("-ProcessLimit 0")]
    [InlineData("-RunAs root")]
    [InlineData("-RunSeconds 0")]
    [InlineData("-TimeoutSeconds 0")]
    [InlineData("-ProcessorLimit 0")]
    public void What_cannot_be_meant_is_refused(string argument)
    {
        using Shell shell = new();
        PSObject id = Assert.Single(shell.Run($"try {{ Test-BaseImage 'oci:{_folder}/root' -IncludeRuntime {argument} }} catch {{ $_.FullyQualifiedErrorId }}"));
        Assert.Contains("ParameterArgumentValidationError", id.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_setting_can_be_said_by_a_parameter_or_by_the_policy_and_the_parameter_wins()
    {
        (string Name, string Policy, string Parameter, string Other)[] settings =
        [
            ("MemoryLimit", "'64 MiB'", "64MB", "65MB"), ("ProcessLimit", "64", "64", "65"), ("ProcessorLimit", "0.5", "0.5", "0.6"), ("RunAs", "'7:8'", "7:8", "8:8"), ("RunSeconds", "4", "4", "5"),
            ("TimeoutSeconds", "61", "61", "62"), ("ReadySeconds", "16", "16", "17"), ("GraceSeconds", "11", "11", "12"), ("Port", "@('80/tcp', '53/udp')", "80/tcp, 53/udp", "81/tcp"), ("LoadPath", "'/a'", "/a", "/b"),
            ("LoadRequests", "0", "0", "1"), ("LoadSeconds", "4", "4", "5"), ("LeakSeconds", "21", "21", "22"),
        ];
        string journal = Path.Combine(_folder, "journal"), policy = Path.Combine(_folder, "policy.psd1");
        string test = $"Test-BaseImage 'oci:{_folder}/root' -Rule BI1002 -IncludeRuntime -JournalPath '{journal}'";
        using Shell shell = new();
        int Lines(string arguments)
        {
            Assert.Single(shell.Run($"{test} {arguments}"));
            return File.ReadAllLines(journal).Length;
        }

        // A line of the journal is one profile: what was audited under the same is not audited again.
        int lines = Lines("");
        foreach ((string name, string inPolicy, string parameter, string other) in settings)
        {
            File.WriteAllText(policy, $"@{{ SchemaVersion = 1; Runtime = @{{ {name} = {inPolicy} }} }}");
            Assert.True(++lines == Lines($"-Policy '{policy}'"), name);
            Assert.True(lines == Lines($"-{name} {parameter}"), name);
            Assert.True(++lines == Lines($"-{name} {other}"), name);
            Assert.True(lines == Lines($"-{name} {other} -Policy '{policy}'"), name);
        }

        File.WriteAllText(policy, "@{ SchemaVersion = 1; Runtime = @{ Memory = 1 } }");
        PSObject error = Assert.Single(shell.Run($"try {{ {test} -Policy '{policy}' -ErrorAction Stop }} catch {{ $_.ToString() }}"));
        Assert.Contains("policy.psd1:1:", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Write MemoryLimit = '256 MiB'.", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsRuntime(PSObject row) => Text(row, "RuleId").StartsWith("BI5", StringComparison.Ordinal);

    private static string Text(PSObject row, string property) => row.Properties[property].Value.ToString()!;
}
