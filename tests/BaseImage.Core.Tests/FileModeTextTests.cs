namespace BaseImage.Core.Tests;

public sealed class FileModeTextTests
{
    [Theory]
    [InlineData(ImageFileKind.File, "644", "-rw-r--r--")]
    [InlineData(ImageFileKind.File, "4755", "-rwsr-xr-x")]
    [InlineData(ImageFileKind.File, "6644", "-rwSr-Sr--")]
    [InlineData(ImageFileKind.Directory, "1777", "drwxrwxrwt")]
    [InlineData(ImageFileKind.Directory, "1776", "drwxrwxrwT")]
    [InlineData(ImageFileKind.SymbolicLink, "777", "lrwxrwxrwx")]
    [InlineData(ImageFileKind.Fifo, "0", "p---------")]
    public void Prints_as_ls_does(ImageFileKind kind, string octal, string expected)
        => Assert.Equal(expected, FileModeText.Format(kind, Convert.ToInt32(octal, 8)));
}
