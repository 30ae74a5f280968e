namespace BaseImage.Core.Tests;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "amd64")]
    [InlineData("linux/arm64", "arm64")]
    [InlineData("linux/arm64/v8", "arm64")]
    [InlineData("linux/arm/v7", "armhf")]
    [InlineData("linux/arm/v6", "armel")]
    [InlineData("linux/386", "i386")]
    [InlineData("linux/ppc64le", "ppc64el")]
    [InlineData("windows/amd64", null)]
    public void Reads_and_writes_and_knows_Debians_name(string text, string? debian)
    {
        Platform platform = Platform.Parse(text);
        Assert.Equal(text, platform.ToString());
        Assert.Equal(debian, platform.DebianArchitecture);
        Assert.Equal(platform, Platform.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("amd64")]
    [InlineData("linux/")]
    [InlineData("/amd64")]
    [InlineData("linux/arm/v7/x")]
    [InlineData("linux/am d64")]
    [InlineData("linux/amd64\n")]
    public void Anything_else_is_refused(string text) => Assert.False(Platform.TryParse(text, out _));
}
