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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsRuntime(PSObject row) => Text(row, "RuleId").StartsWith("BI5", StringComparison.Ordinal);

    private static string Text(PSObject row, string property) => row.Properties[property].Value.ToString()!;
}
