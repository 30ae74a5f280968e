using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Core.Tests.Packages;

public class ApkVersionTests
{
    private static PackageVersion V(string text) => PackageVersion.TryParse(text, PackageEcosystem.Alpine, out PackageVersion? version) ? version : throw new FormatException(text);

    /// <summary>Relations that apk-tools states in its own test/version.data, and some of Alpine's real packages.</summary>
    [Theory]
    [InlineData("2.34", "<", "2.50")]
    [InlineData("0.12.1", "<", "0.12.10")]
    [InlineData("1.0_alpha", "<", "1.0_beta")]
    [InlineData("1.0_pre1", "<", "1.0_rc1")]
    [InlineData("1.0_rc3", "<", "1.0")]
    [InlineData("1.0", "<", "1.0_p1")]
    [InlineData("1.0_git20230717", "<", "1.0_p0")]
    [InlineData("8.2.0015", "<", "8.2.002")]
    [InlineData("0.1", "<", "0.1a")]
    [InlineData("1.2a", "<", "1.2b")]
    [InlineData("1.36.1-r9", "<", "1.36.1-r29")]
    [InlineData("3.1.4-r5", "<", "3.1.4.1-r0")]
    [InlineData("20230506-r0", "<", "20240226-r0")]
    [InlineData("01", "=", "1")]
    [InlineData("1.5-r0", "=", "1.5-r00")]
    [InlineData("6.4_p20231125-r0", "<", "6.4_p20240330-r0")]
    [InlineData("1.0~1234", "<", "1.0~1235")]
    [InlineData("99999999999999999999", "<", "100000000000000000000")]
    public void Versions_order_as_apk_orders_them(string left, string relation, string right)
    {
        Assert.Equal(relation == "<" ? -1 : 0, V(left).CompareTo(V(right)));
        Assert.Equal(relation == "<" ? 1 : 0, V(right).CompareTo(V(left)));
        Assert.True(relation == "<" || V(left).GetHashCode() == V(right).GetHashCode());
        Assert.Equal(relation == "<", V(left) < V(right));
        Assert.Equal(relation == "<" ? -1 : 0, V(left).CompareTo((object)right));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a1")]
    [InlineData("1_unknown")]
    [InlineData("1-2")]
    [InlineData("1.0-r")]
    [InlineData("1..0")]
    [InlineData("1.0ab")]
    [InlineData("1:2.0")]
    [InlineData("1.0-r1.2")]
    public void What_apk_refuses_is_none(string text) => Assert.False(PackageVersion.TryParse(text, PackageEcosystem.Alpine, out _));

    [Fact]
    public void Parts_and_text_are_kept()
    {
        PackageVersion version = V("1.2.5_git20240101-r3");
        Assert.Equal(("1.2.5_git20240101", "r3", 0L, "1.2.5_git20240101-r3"), (version.Upstream, version.Revision, version.Epoch, version.ToString()));
        Assert.True(version.Equals((object)"1.2.5_git20240101-r3"));
        Assert.NotEqual<PackageVersion>(V("1.0"), new PackageVersion("1.0"));
        Assert.True(new PackageVersion("2.0") < V("1.0"));
    }

    [Fact]
    public void The_order_is_one()
    {
        Gen<PackageVersion> version =
            from digits in Gen.Elements("0", "1", "2", "10", "02", "01").NonEmptyListOf()
            from letter in Gen.Elements("", "", "a", "b")
            from suffix in Gen.Elements("", "", "_rc", "_rc1", "_p", "_p2", "_alpha", "_git1_p1")
            from revision in Gen.Elements("", "-r0", "-r1", "-r10")
            select V(string.Join('.', digits) + letter + suffix + revision);
        Prop.ForAll(Gen.Zip(version, version).ToArbitrary(), t =>
        {
            (PackageVersion a, PackageVersion b) = t;
            Assert.Equal(0, a.CompareTo(a));
            Assert.Equal(a.CompareTo(b), -b.CompareTo(a));
            Assert.True(a.CompareTo(b) != 0 || a.GetHashCode() == b.GetHashCode());
        }).QuickCheckThrowOnFailure();
    }
}
