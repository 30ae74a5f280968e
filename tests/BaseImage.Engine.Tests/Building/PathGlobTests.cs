using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Building;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("/usr/share/man/**", "usr/share/man/man1/ls.1.gz", true)]
    [InlineData("/usr/share/man/**", "usr/share/man/x", true)]
    [InlineData("/usr/share/man/**", "usr/share/man", false)]
    [InlineData("/usr/share/man/**", "usr/share/manual/x", false)]
    [InlineData("/usr/share/doc/*/copyright", "usr/share/doc/libc6/copyright", true)]
    [InlineData("/usr/share/doc/*/copyright", "usr/share/doc/a/b/copyright", false)]
    [InlineData("/**/*.a", "usr/lib/x86_64-linux-gnu/libc.a", true)]
    [InlineData("/**/*.a", "libc.a", true)]
    [InlineData("/**/*.a", "usr/lib/libc.so", false)]
    [InlineData("/a/**/z", "a/z", true)]
    [InlineData("/a/**/z", "a/b/c/z", true)]
    [InlineData("/a/**/y/**/z", "a/y/y/x/z", true)]
    [InlineData("/a/**/y/**/z", "a/x/z", false)]
    [InlineData("/**", "a", true)]
    [InlineData("/a?c", "abc", true)]
    [InlineData("/a?c", "a/c", false)]
    [InlineData("/a*", "a/b", false)]
    [InlineData("/*a*a*b", "aaaaaaaab", true)]
    [InlineData("/*a*a*b", "aaaaaaaa", false)]
    [InlineData("/[ab]", "[ab]", true)]
    [InlineData("/[ab]", "a", false)]
    [InlineData("a//b/./c", "a/b/c", true)]
    [InlineData("/caf??", "café", true)]
    [InlineData("/usr/lib", "usr/lib", true)]
    [InlineData("/usr/lib", "usr/library", false)]
    [InlineData("/usr/lib", "usr", false)]
    [InlineData("/usr/lib*", "usr/library", true)]
    [InlineData("/usr/*/**", "usr/lib", false)]
    public void Matches_whole_paths(string pattern, string path, bool expected)
        => Assert.Equal(expected, PathGlob.Parse(pattern).IsMatch(LayerPath.FromUtf8(path)));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a/../b")]
    [InlineData("/a\0")]
    public void Refuses_what_is_no_pattern(string pattern) => Assert.Throws<ArgumentException>(() => PathGlob.Parse(pattern));

    [Fact]
    public void A_nasty_pattern_costs_no_more_than_its_length_times_the_path()
    {
        PathGlob glob = PathGlob.Parse(string.Concat(Enumerable.Repeat("/**/a*a*a*a", 50)) + "/b");
        Assert.False(glob.IsMatch(LayerPath.FromUtf8(string.Join('/', Enumerable.Repeat(new string('a', 40), 90)))));
    }
}
