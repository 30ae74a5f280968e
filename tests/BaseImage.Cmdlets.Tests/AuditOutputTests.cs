using System.Management.Automation;
using System.Text.RegularExpressions;

namespace BaseImage.Cmdlets.Tests;

/// <summary>What a screen, a variable, a CSV and CI get of an audit.</summary>
public sealed class AuditOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    public AuditOutputTests() => SmallLayout.Write(Path.Combine(_folder, "root"), "0:0");

    [Fact]
    public async Task A_screen_gets_what_matters_worst_first_and_one_line_of_what_passed()
    {
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "-Command", "Test-BaseImage oci:./root");
        Assert.Equal("", run.Errors);
        Assert.Contains("BI1001", run.Output, StringComparison.Ordinal);
        Assert.Contains("Fail", run.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^BI\d+ .*\bPass\b", run.Output);
        Assert.Single(Regex.Matches(run.Output, @"\d+ of \d+ rules passed, 1 failed"));
    }

    [Fact]
    public async Task A_variable_a_file_and_a_command_get_every_result()
    {
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "-Command", """
            $all = Test-BaseImage oci:./root
            $rules = @($all | Where-Object RuleId -ne 'BI0000').Count
            @($all | Where-Object Status -eq Pass).Count -gt 5
            @($all | Where-Object { $_ -isnot [BaseImage.AuditResult] }).Count
            Test-BaseImage oci:./root | Export-Csv a.csv
            @(Get-Content a.csv).Count -eq $all.Count + 1
            $all[0].Status
            Test-BaseImage oci:./root -OutVariable kept | Measure-Object | Select-Object -ExpandProperty Count | ForEach-Object { $_ -eq $kept.Count }
            """);
        Assert.Equal("", run.Errors);
        Assert.Equal("True\n0\nTrue\nFail\nTrue\n", run.Output);
    }

    [Theory]
    [InlineData("-Status Pass", "Pass")]
    [InlineData("-Status Fail", "Fail")]
    public void Status_chooses(string choice, string status)
    {
        using Shell shell = new();
        IReadOnlyList<PSObject> rows = shell.Run($"Test-BaseImage 'oci:{_folder}/root' {choice}");
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(status, row.Properties["Status"].Value.ToString()));
    }

    [Fact]
    public void An_image_pipes_on_by_its_pinned_reference()
    {
        using Shell shell = new();
        PSObject image = Assert.Single(shell.Run($"Get-BaseImage 'oci:{_folder}/root'"));
        string reference = (string)image.Properties["Reference"].Value;
        Assert.Contains("@sha256:", reference, StringComparison.Ordinal);
        string[] audited = [.. shell.Run($"Get-BaseImage 'oci:{_folder}/root' | Test-BaseImage | ForEach-Object Image").Select(name => name.ToString()).Distinct()];
        Assert.Equal([reference], audited);
    }

    [Theory]
    [InlineData("-MinimumSeverity High", 1)]
    [InlineData("-MinimumSeverity High -EnableExit", 2)]
    [InlineData("-MinimumSeverity Critical", 0)]
    public async Task CI_tells_findings_from_failures_by_the_exit_code(string parameters, int code)
    {
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "-Command", $"$ErrorActionPreference = 'Stop'; Test-BaseImage oci:./root | Export-BaseImageReport -Path r.csv, r.json -PassThru | Assert-BaseImage {parameters}");
        Assert.Equal(code, run.ExitCode);
        Assert.True(File.Exists(Path.Combine(_folder, "r.csv")) && File.Exists(Path.Combine(_folder, "r.json")));
    }

    [Fact]
    public void Control_characters_of_an_image_never_reach_the_screen()
    {
        using Shell shell = new();
        Assert.Equal(@"a\x1b[2Jb\u202e", Assert.Single(shell.Run("[BaseImage.Cmdlets.Display]::Safe(\"a`e[2Jb`u{202e}\")")).BaseObject);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
