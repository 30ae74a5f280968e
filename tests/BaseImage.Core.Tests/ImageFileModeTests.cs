namespace BaseImage.Core.Tests;

public sealed class ImageFileModeTests
{
    [Theory]
    [InlineData(0, "0000")]
    [InlineData(0x1A4, "0644")]
    [InlineData(0x9ED, "4755")]
    [InlineData(0xFFF, "7777")]
    public void Its_text_is_octal_and_reads_back(int bits, string text)
    {
        Assert.Equal(text, new ImageFileMode(bits).ToString());
        Assert.Equal(bits, ImageFileMode.Parse(text).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("10000")]
    [InlineData("-644")]
    [InlineData("rw-r--r--")]
    public void Other_texts_are_refused(string text) => Assert.Throws<FormatException>(() => ImageFileMode.Parse(text));

    [Fact]
    public void It_compares_and_masks_as_a_number()
    {
        ImageFileMode mode = 0x9ED;
        Assert.True(mode > 0x1FF);
        Assert.Equal(0x800, mode & 0x800);
        Assert.Equal("2541", mode.ToString("D", null));
    }
}
