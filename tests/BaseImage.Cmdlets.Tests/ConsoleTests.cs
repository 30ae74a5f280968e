namespace BaseImage.Cmdlets.Tests;

/// <summary>The Console as a process: arguments, exit codes, streams, and the cmdlets it adds.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    [Fact]
    public async Task A_script_gets_its_arguments_and_gives_its_exit_code()
    {
        File.WriteAllText(Path.Combine(_folder, "a.ps1"), "param([string]$Name, [switch]$Loud, [Parameter(ValueFromRemainingArguments)]$Rest)\n\"$Name $Loud $Rest\"\nexit 7\n");
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "a.ps1", "-Name", "web", "-Loud", "x");
        Assert.Equal("web True x\n", run.Output);
        Assert.Equal(7, run.ExitCode);
    }

    [Theory]
    [InlineData("exit 4", 4)]
    [InlineData("throw 'no'", 1)]
    [InlineData("1", 0)]
    [InlineData("Get-BaseImageDefinition ./nothing-here", 1)]
    [InlineData("Get-BaseImageDefinition ./nothing-here; 1", 0)]
    public async Task Exit_codes_are_those_of_pwsh(string command, int code)
        => Assert.Equal(code, (await ConsoleRun.CommandAsync(command)).ExitCode);

    [Fact]
    public async Task Standard_input_is_a_script_and_errors_say_what_to_do()
    {
        ConsoleRun run = await ConsoleRun.RunAsync("'from input'\nGet-BaseImageDefinition ./nothing-here\n", null);
        Assert.Equal("from input\n", run.Output);
        Assert.Contains("does not exist", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Recommendation:", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_a_script_goes_to_standard_error_with_its_place()
    {
        File.WriteAllText(Path.Combine(_folder, "stop.ps1"), "'before'\nthrow 'no way'\n");
        ConsoleRun run = await ConsoleRun.RunAsync(null, _folder, "stop.ps1");
        Assert.Equal("before\n", run.Output);
        Assert.Contains("no way", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stop.ps1:2", run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("Get-Process")]
    [InlineData("1 | Invoke-RestMethod -Uri x")]
    [InlineData("Get-ChildItem .")]
    public async Task A_cmdlet_that_it_lacks_is_named_as_PowerShells(string command)
    {
        ConsoleRun run = await ConsoleRun.CommandAsync(command);
        Assert.Contains("is a cmdlet of PowerShell that the baseimage program does not carry", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Install PowerShell", run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task A_missing_script_and_an_unknown_parameter_are_usage_errors()
    {
        Assert.Equal(64, (await ConsoleRun.RunAsync(null, _folder, "none.ps1")).ExitCode);
        Assert.Equal(64, (await ConsoleRun.RunAsync(null, _folder, "-Unknown")).ExitCode);
    }

    [Theory]
    [InlineData("1..9 | Select-Object -First 2 -Skip 1", "2\n3\n")]
    [InlineData("1..9 | Select-Object -Last 2", "8\n9\n")]
    [InlineData("1,1,2 | Select-Object -Unique", "1\n2\n")]
    [InlineData("[pscustomobject]@{A=@(1,2)} | Select-Object -ExpandProperty A", "1\n2\n")]
    [InlineData("([pscustomobject]@{A=1;B=2} | Select-Object B, @{n='C';e={$_.A + 5}}) -replace ' ', ''", "@{B=2;C=6}\n")]
    [InlineData("'b','C','a' | Sort-Object", "a\nb\nC\n")]
    [InlineData("3,10,2 | Sort-Object -Descending", "10\n3\n2\n")]
    [InlineData("'x1','y1','x2' | Sort-Object { $_[1] }, @{ Expression = { $_[0] }; Descending = $true }", "y1\nx1\nx2\n")]
    [InlineData("('a','b','A' | Group-Object | ForEach-Object { \"$($_.Name)=$($_.Count)\" }) -join ' '", "a=2 b=1\n")]
    [InlineData("(1..4 | Measure-Object -Sum -Average -Maximum).Sum", "10\n")]
    [InlineData("[pscustomobject]@{A=1;B=@('x')} | ConvertTo-Json -Compress", "{\"A\":1,\"B\":[\"x\"]}\n")]
    [InlineData("Write-Host a b -Separator -", "a-b\n")]
    [InlineData("(Join-Path a b c) -replace '\\\\', '/'", "a/b/c\n")]
    [InlineData("Test-Path ./BaseImage.psd1; Test-Path ./BaseImage.psd1 -PathType Container; Test-Path ./no*", "True\nFalse\nFalse\n")]
    [InlineData("(Get-Content ./BaseImage.psd1 -TotalCount 1); (Get-Content ./BaseImage.psd1 -Raw).Length -gt 100", "@{\nTrue\n")]
    [InlineData("([pscustomobject]@{A=1} | Format-Table | Out-String).Trim() -replace '\\s+', ' '", "A - 1\n")]
    [InlineData("([pscustomobject]@{Alpha=1;B=2} | Format-List Alpha | Out-String).Trim()", "Alpha : 1\n")]
    public async Task The_everyday_cmdlets_do_what_PowerShells_do(string command, string output)
    {
        ConsoleRun run = await ConsoleRun.CommandAsync(command);
        Assert.Equal("", run.Errors);
        Assert.Equal(output, run.Output);
    }

    [Fact]
    public async Task Csv_and_redirection_write_files()
    {
        string csv = Path.Combine(_folder, "a.csv"), text = Path.Combine(_folder, "a.txt");
        ConsoleRun run = await ConsoleRun.CommandAsync($"[pscustomobject]@{{A='x \"y\"';B=1.5}}, [pscustomobject]@{{A=\"p,q\";B=$null}} | Export-Csv '{csv}'; 'hello' > '{text}'");
        Assert.Equal("", run.Errors);
        Assert.Equal("\"A\",\"B\"\n\"x \"\"y\"\"\",\"1.5\"\n\"p,q\",\"\"\n", File.ReadAllText(csv).ReplaceLineEndings("\n"));
        Assert.Equal("hello\n", File.ReadAllText(text).ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Help_of_a_cmdlet_prints_its_examples()
    {
        ConsoleRun run = await ConsoleRun.CommandAsync("Get-Help Build-BaseImage -Examples");
        Assert.Contains("Build-BaseImage ./examples/debian-static | Test-BaseImage | Export-Csv audit.csv", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
