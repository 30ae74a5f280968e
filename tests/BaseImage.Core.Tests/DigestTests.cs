using System.Text;

namespace BaseImage.Core.Tests;

public sealed class DigestTests
{
    private const string Empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Of_nothing_is_the_known_value() => Assert.Equal(Empty, Digest.Of([]).ToString());

    [Fact]
    public void Parts_are_told_apart()
    {
        Digest digest = Digest.Parse(Empty);
        Assert.Equal("sha256", digest.Algorithm);
        Assert.Equal(Empty[7..], digest.Hex);
        Assert.False(digest.IsEmpty);
        Assert.True(default(Digest).IsEmpty);
        Assert.Equal("", default(Digest).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n")]
    [InlineData("sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Digest.Parse(text));
    }

    [Fact]
    public void Order_is_that_of_the_text()
    {
        Digest a = Digest.Of(Encoding.UTF8.GetBytes("a")), b = Digest.Of(Encoding.UTF8.GetBytes("b"));
        Assert.Equal(string.CompareOrdinal(a.ToString(), b.ToString()) < 0, a < b);
        Assert.Equal(a, Digest.Parse(a.ToString()));
    }
}
