using System.Management.Automation;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Many images at once: order, journals, and an audit that is stopped.</summary>
public sealed class ManyImagesTests : IDisposable
{
    private const int Images = 24;

    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    public ManyImagesTests()
    {
        for (int i = 0; i < Images; i++)
        {
            SmallLayout.Write(Path.Combine(_folder, $"image{i:d2}"), i % 2 == 0 ? "0" : $"{1000 + i}");
        }
    }

    private string Given => string.Join(", ", Enumerable.Range(0, Images).Reverse().Select(i => $"'oci:{_folder}/image{i:d2}'").Append($"'oci:{_folder}/none'"));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Rows_of_an_image_stay_together_in_the_order_given(int limit)
    {
        using Shell shell = new();
        IReadOnlyList<PSObject> rows = shell.Run($"{Given} | Test-BaseImage -ThrottleLimit {limit}");
        List<string> order = [];
        foreach (string image in rows.Select(row => (string)row.Properties["Image"].Value))
        {
            if (order.Count == 0 || order[^1] != image)
            {
                order.Add(image);
            }
        }

        Assert.Equal(Enumerable.Range(0, Images).Reverse().Select(i => $"image{i:d2}").Append("none"), order.Select(image => image.Split('/')[^1].Split('@')[0]));
        Assert.Equal("Error", rows[^1].Properties["Status"].Value.ToString());
    }

    [Fact]
    public void Rows_are_written_while_the_next_image_is_long_in_coming()
    {
        using Shell shell = new();
        Assert.Equal("True", Assert.Single(shell.Run($$"""
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $seen = $false
            & { 'oci:{{_folder}}/image01'; while (-not $script:ended -and $clock.Elapsed.TotalSeconds -lt 60) { [Threading.Thread]::Sleep(20); 'oci:{{_folder}}/image03' } } |
                Test-BaseImage -Rule BI1001 | ForEach-Object { $script:ended = $true; $_ } | Out-Null
            $clock.Elapsed.TotalSeconds -lt 60
            """)).ToString());
    }

    [Fact]
    public void A_journal_is_replayed_and_goes_on()
    {
        using Shell shell = new();
        string journal = Path.Combine(_folder, "a.journal");
        string[] some = Text(shell.Run($"({Given})[0..8] | Test-BaseImage -JournalPath '{journal}'"));
        long length = new FileInfo(journal).Length;
        Assert.Equal(some, Text(shell.Run($"({Given})[0..8] | Test-BaseImage -JournalPath '{journal}'")));
        Assert.Equal(length, new FileInfo(journal).Length);
        Assert.Equal(Text(shell.Run($"{Given} | Test-BaseImage")), Text(shell.Run($"{Given} | Test-BaseImage -JournalPath '{journal}'")));
        Assert.Equal(Images + 1, File.ReadAllLines(journal).Length);
    }

    [Fact]
    public void A_file_that_is_no_journal_is_an_error_and_nothing_is_audited()
    {
        using Shell shell = new();
        string path = Path.Combine(_folder, "notes.txt");
        File.WriteAllText(path, "notes");
        (IReadOnlyList<PSObject> rows, IReadOnlyList<ErrorRecord> errors) = shell.Try($"{Given} | Test-BaseImage -JournalPath '{path}'");
        Assert.Empty(rows);
        Assert.StartsWith("JournalInvalid,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("notes", File.ReadAllText(path));
    }

    [Fact]
    public void A_reader_that_has_enough_ends_what_was_begun()
    {
        using Shell shell = new();
        string journal = Path.Combine(_folder, "b.journal");
        Assert.Equal("enough", Assert.Single(shell.Run($"try {{ {Given} | Test-BaseImage -ThrottleLimit 8 -JournalPath '{journal}' | ForEach-Object {{ throw 'enough' }} }} catch {{ \"$_\" }}")).ToString());

        // The journal's lock is given back only when nothing is at work any more.
        Assert.NotEmpty(shell.Run($"{Given} | Test-BaseImage -ThrottleLimit 8 -JournalPath '{journal}'"));
    }

    [Fact]
    public void What_is_thrown_upstream_ends_what_was_begun()
    {
        using Shell shell = new();
        string journal = Path.Combine(_folder, "c.journal");
        Assert.Equal("upstream", Assert.Single(shell.Run($"try {{ & {{ {Given}; throw 'upstream' }} | Test-BaseImage -ThrottleLimit 8 -JournalPath '{journal}' | Out-Null }} catch {{ \"$_\" }}")).ToString());
        Assert.NotEmpty(shell.Run($"{Given} | Test-BaseImage -JournalPath '{journal}'"));
    }

    [Fact]
    public void Images_are_measured_by_value_and_by_property_name()
    {
        using Shell shell = new();
        Assert.Equal(Images, shell.Run($"({Given})[0..{Images - 1}] | Measure-BaseImage").Count);
        Assert.Equal(Images, shell.Run($"({Given})[0..{Images - 1}] | ForEach-Object {{ [pscustomobject]@{{ Reference = $_ }} }} | Measure-BaseImage -Platform linux/amd64").Count);
        PSObject surface = Assert.Single(shell.Run($"Get-BaseImage 'oci:{_folder}/image00' | Measure-BaseImage"));
        Assert.Equal("0", $"{surface.Properties["Files"].Value}");
        (IReadOnlyList<PSObject> none, IReadOnlyList<ErrorRecord> errors) = shell.Try($"'oci:{_folder}/none', 'oci:{_folder}/image01' | Measure-BaseImage");
        Assert.Single(none);
        Assert.StartsWith("PathNotFound,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Text(IReadOnlyList<PSObject> rows)
        => [.. rows.Select(row => string.Join('|', new[] { "Image", "RuleId", "Status", "Severity", "Message", "Digest", "Platform", "Evidence", "Findings" }.Select(name => $"{row.Properties[name].Value}")))];
}
