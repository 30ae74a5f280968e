using BaseImage.Documents;

namespace BaseImage.Core.Tests.Documents;

public sealed class TableReaderTests
{
    private static readonly string[] Keys = ["Name", "Count", "Flag", "Day", "Level", "Items"];
    private readonly DataProblems _problems = new();
    private int _line;

    [Theory]
    [InlineData("Pakages", "Packages")]
    [InlineData("package", "Packages")]
    [InlineData("Pacakges", "Packages")]
    [InlineData("Environment", "Env")]
    [InlineData("FROM", "From")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void The_nearest_key_is_what_was_probably_meant(string text, string? meant)
        => Assert.Equal(meant, NearestKey.Find(text, ["Packages", "Platforms", "Env", "From", "Files"]));

    [Fact]
    public void One_value_and_an_array_of_one_are_the_same()
    {
        TableReader table = Open(("Name", List(Scalar("a"))), ("Count", List(Scalar(3L, "3"))), ("Flag", List(Scalar(true, "$true"))), ("Items", Scalar("x")));
        Assert.Equal(("a", 3L, true), (table.Text("Name"), table.Integer("Count", 0, 9), table.Boolean("Flag")));
        Assert.Equal(["x"], table.Texts("Items").Select(item => (string)item.Value!));
        Assert.False(_problems.Any);
    }

    [Fact]
    public void Null_is_the_same_as_absent_and_refused_values_are_told_once()
    {
        TableReader table = Open(("Name", Scalar(null, "$null")), ("Count", new DataRefused(At())));
        Assert.Null(table.Text("Name"));
        Assert.Null(table.Integer("Count", 0, 9));
        Assert.False(table.Has("Count"));
        Assert.True(table.Require("Count", "hint"));
        Assert.False(_problems.Any);
        Assert.False(table.Require("Name", "Write a name."));
        Assert.Equal("Write a name.", Assert.Single(_problems.Items).Hint);
    }

    [Fact]
    public void Keys_are_found_in_any_letter_case_and_others_are_told()
    {
        TableReader table = Open(("NAME", Scalar("a")), ("name", Scalar("b")), ("Nme", Scalar("c")));
        Assert.Equal("a", table.Text("Name"));
        Assert.Equal(["The key 'Name' stands twice.", "A thing has no key 'Nme'."], _problems.Items.Select(p => p.Problem));
        Assert.Throws<ArgumentException>(() => table.Text("Other"));
    }

    [Fact]
    public void Wrong_kinds_have_their_own_hints()
    {
        TableReader table = Open(("Name", Scalar(644L, "0644")), ("Count", Scalar("3")), ("Flag", Scalar("true")), ("Day", Scalar("31.12.2026")), ("Level", Scalar("Hihg")), ("Items", new DataTable(At(), [])));
        Assert.Null(table.Text("Name"));
        Assert.Null(table.Integer("Count", 0, 9));
        Assert.Null(table.Boolean("Flag"));
        Assert.Null(table.Date("Day"));
        Assert.Null(table.Choice<Severity>("Level"));
        Assert.Empty(table.Texts("Items"));
        Assert.Equal(
            [
                "Write it in quotes: '0644'.", "Write Count = 3 without quotes.", "Write $true or $false, without quotes.",
                "Write year, month and day as '2026-12-31'.", "Did you mean 'High'?", "Write one text in quotes.",
            ],
            _problems.Items.Select(p => p.Hint));
    }

    [Fact]
    public void Problems_stand_in_the_files_order()
    {
        _problems.Add(new SourcePosition("b", 2, 1), "2", "");
        _problems.Add(new SourcePosition("a", 1, 1), "3", "");
        _problems.Add(new SourcePosition("b", 1, 9), "1", "");
        Assert.Equal(["1", "2", "3"], _problems.Items.Select(p => p.Problem));
        Assert.Equal("b:1:9: 1 ", _problems.Items[0].ToString());
    }

    [Fact]
    public void Control_characters_never_get_into_a_message()
        => Assert.Equal("a\\u001b[31m\\u000ab", TableReader.Shown("a\u001b[31m\nb"));

    private TableReader Open(params (string Key, DataNode Value)[] entries)
        => TableReader.Open(new DataTable(At(), [.. entries.Select(e => new DataEntry(e.Key, e.Value.Position, e.Value))]), "a thing", Keys, _problems);

    private DataScalar Scalar(object? value, string? text = null) => new(At(), value, text ?? (string)value!);

    private DataList List(params DataNode[] items) => new(At(), items);

    private SourcePosition At() => new("x.psd1", ++_line, 1);
}
