using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Packages;

public sealed class Deb822ReaderTests
{
    private static IReadOnlyList<ControlParagraph> Read(string text, Deb822Limits? limits = null) => Deb822Reader.ReadAll(Encoding.UTF8.GetBytes(text), "Packages", limits);

    [Fact]
    public void Fields_continuations_and_lines_are_read()
    {
        IReadOnlyList<ControlParagraph> paragraphs = Read("\n\nPackage: a\nDescription:  short \n long one \n .\n\tlong two\nEmpty:\n\n \t\nPackage: b\npackage-list:\n one\n");
        Assert.Equal(2, paragraphs.Count);
        Assert.Equal("a", paragraphs[0]["PACKAGE"]);
        Assert.Equal("short\n long one\n .\n\tlong two", paragraphs[0]["Description"]);
        Assert.Equal("", paragraphs[0]["Empty"]);
        Assert.Null(paragraphs[0]["Absent"]);
        Assert.Equal((3, 4, 8), (paragraphs[0].Line, paragraphs[0].LineOf("description"), paragraphs[0].LineOf("Empty")));
        Assert.Equal(["one"], paragraphs[1].Words("Package-List"));
        Assert.Equal(11, paragraphs[1].Line);
    }

    [Theory]
    [InlineData("Package: a\nno colon\n", 2)]
    [InlineData("Package: a\nPackage: b\n", 2)]
    [InlineData("Package: a\npackage: b\n", 2)]
    [InlineData(" continuation\n", 1)]
    [InlineData("Package: a\n\n continuation\n", 3)]
    [InlineData(": value\n", 1)]
    [InlineData("-x: value\n", 1)]
    [InlineData("#x: value\n", 1)]
    [InlineData("a b: value\n", 1)]
    [InlineData("ä: value\n", 1)]
    [InlineData("Package: a\0b\n", 1)]
    public void What_is_not_control_data_is_refused_with_its_line(string text, int line)
    {
        ControlDataInvalidException error = Assert.Throws<ControlDataInvalidException>(() => Read(text));
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"Packages:{line}:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_hold()
    {
        Assert.Throws<ControlDataTooLargeException>(() => Read("A: " + new string('x', 100), new Deb822Limits(ParagraphBytes: 50)));
        Assert.Throws<ControlDataTooLargeException>(() => Read("A: 1\n\nA: 2\n\n", new Deb822Limits(TotalBytes: 5)));
        Assert.Throws<ControlDataTooLargeException>(() => Read("A: 1\nB: 2\nC: 3\n", new Deb822Limits(Fields: 2)));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_by_a_typed_error()
        => Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), bytes =>
        {
            try
            {
                foreach (ControlParagraph paragraph in Deb822Reader.ReadAll(bytes ?? [], "x"))
                {
                    Assert.All(paragraph.Names, name => Assert.NotNull(paragraph[name]));
                }
            }
            catch (BaseImageException)
            {
                // Refused.
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_is_read_whatever_the_size_of_the_pieces()
    {
        string text = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"Package: p{i}\nDescription: {new string('d', i % 97)}\n more\n\n"));
        IReadOnlyList<ControlParagraph> paragraphs = Read(text);
        Assert.Equal(3_000, paragraphs.Count);
        Assert.Equal(text, string.Concat(paragraphs.Select(p => Encoding.UTF8.GetString(p.Raw.Span) + "\n")));
    }
}
