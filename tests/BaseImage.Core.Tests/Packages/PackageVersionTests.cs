using Xunit;

namespace BaseImage.Core.Tests.Packages;

/// <summary>The order of versions as a mathematical one, and what is not a version.</summary>
public sealed class PackageVersionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("1.0", "1.0-0")]
    [InlineData("1.0", "0:1.0")]
    [InlineData("1.0", "1.00")]
    [InlineData("1.0a", "1.0a0")]
    [InlineData("1.", "1.0")]
    [InlineData("00000000001:1", "1:1")]
    public void EqualVersionsHashAlike(string left, string right)
    {
        PackageVersion a = new(left), b = new(right);
        Assert.True(a == b && a.Equals((object)right) && a.CompareTo(b) == 0);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
    }

    [Theory]
    [InlineData("1.0~rc1", "1.0")]
    [InlineData("1.0~~", "1.0~")]
    [InlineData("3.0.14-1~deb12u2", "3.0.15-1~deb12u1")]
    [InlineData("1.9", "1.10")]
    [InlineData("1.0a", "1.0+")]
    [InlineData("9", "1:0")]
    [InlineData("18446744073709551615", "18446744073709551616")]
    public void OlderIsLess(string older, string newer)
    {
        Assert.True(new PackageVersion(older) < new PackageVersion(newer));
        Assert.True(new PackageVersion(newer).CompareTo((object)older) > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData("a:1")]
    [InlineData("-1:1")]
    [InlineData("2147483648:1")]
    [InlineData("99999999999999999999:1")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("a1")]
    [InlineData("1_0")]
    [InlineData("1 0")]
    [InlineData("1.0\n")]
    [InlineData("1.0\u0131")]
    [InlineData("1\u0660")]
    public void WhatIsNotAVersionIsRefused(string text)
    {
        Assert.False(PackageVersion.TryParse(text, out _));
        Assert.Throws<FormatException>(() => PackageVersion.Parse(text));
    }

    [Fact]
    public void OtherTypesDoNotCompare()
    {
        Assert.Throws<ArgumentNullException>(() => new PackageVersion(null!));
        Assert.Throws<ArgumentException>(() => new PackageVersion("1").CompareTo((object)1));
        Assert.True(new PackageVersion("1").CompareTo((object?)null) > 0);
        Assert.False(new PackageVersion("1").Equals((object)1));
    }

    [Fact]
    public void OrderIsTotalAndHashesFollowEquality()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        VersionGenerator generator = new(seed);
        int equal = 0;
        for (int round = 0; round < 100_000; round++)
        {
            (string x, string y) = generator.NextPair();
            PackageVersion a = new(x), b = new(y), c = new(generator.NextPair().Right);
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            Assert.Equal(a.CompareTo(b) == 0, a == b);
            if (a == b)
            {
                equal++;
                Assert.True(a.GetHashCode() == b.GetHashCode(), $"{x} and {y} are equal but hash apart");
                Assert.True(Math.Sign(a.CompareTo(c)) == Math.Sign(b.CompareTo(c)), $"{x} and {y} are equal but order apart from {c}");
            }

            PackageVersion[] sorted = [a, b, c];
            Array.Sort(sorted);
            Assert.True(sorted[0] <= sorted[1] && sorted[1] <= sorted[2] && sorted[0] <= sorted[2], $"{x}, {y} and {c} go in a circle");
        }

        Assert.True(equal > 1000, $"only {equal} pairs were equal: the generator no longer tests equality");
    }
}
