using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Core.Tests.Packages;

public sealed class LanguageVersionTests
{
    // The examples of the specifications themselves.
    [Theory]
    [InlineData(PackageEcosystem.Npm, "no version at all is first", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.10", "1.2.0", "2.0.0", "10.0.0")]
    [InlineData(PackageEcosystem.NuGet, "1.0.0-alpha", "1.0.0-BETA", "1.0.0-rc.9", "1.0.0-rc.10", "1.0", "1.0.0.1", "1.0.1", "4.10.0")]
    [InlineData(PackageEcosystem.PyPI, "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1!0.1")]
    public void EachIsOlderThanTheNext(PackageEcosystem ecosystem, params string[] texts)
    {
        PackageVersion[] versions = [.. texts.Select(text => Of(text.Replace(' ', '-'), ecosystem))];
        for (int i = 0; i < versions.Length; i++)
        {
            for (int j = 0; j < versions.Length; j++)
            {
                Assert.True(Math.Sign(versions[i].CompareTo(versions[j])) == Math.Sign(i.CompareTo(j)), $"{texts[i]} and {texts[j]}");
            }
        }
    }

    [Theory]
    [InlineData(PackageEcosystem.Npm, "1.0.0+build.1", "1.0.0")]
    [InlineData(PackageEcosystem.Npm, "v1.2.3", "1.2.3")]
    [InlineData(PackageEcosystem.NuGet, "1.0.0-BETA", "1.0.0-beta")]
    [InlineData(PackageEcosystem.NuGet, "1.0.0.0", "1.0")]
    [InlineData(PackageEcosystem.PyPI, "1.0.0", "1")]
    [InlineData(PackageEcosystem.PyPI, "1.0-ALPHA-1", "1.0a1")]
    [InlineData(PackageEcosystem.PyPI, "1.0-1", "1.0.post1")]
    [InlineData(PackageEcosystem.PyPI, "1.0c1", "1.0rc1")]
    public void AreEqual(PackageEcosystem ecosystem, string left, string right)
    {
        Assert.Equal(Of(left, ecosystem), Of(right, ecosystem));
        Assert.Equal(Of(left, ecosystem).GetHashCode(), Of(right, ecosystem).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 0")]
    [InlineData("1\n0")]
    [InlineData("1\u0000")]
    public void AreNone(string text) => Assert.False(PackageVersion.TryParse(text, PackageEcosystem.Npm, out _));

    [Fact]
    public void EcosystemsDoNotMix()
    {
        Assert.NotEqual(Of("1.0", PackageEcosystem.Npm), Of("1.0", PackageEcosystem.PyPI));
        Assert.True(Of("1.0", PackageEcosystem.Npm).CompareTo("2.0") < 0);
    }

    [Fact]
    public void TheOrderIsTotal()
    {
        Gen<string> parts = Gen.Elements("1", "0", "00", "10", "9999999999999999999999", ".", "-", "+", "a", "rc", "dev", "post", "!", "x", "v", "_", "B").NonEmptyListOf().Select(list => string.Concat(list.Take(10)));
        Prop.ForAll(Gen.Elements(PackageEcosystem.Npm, PackageEcosystem.PyPI, PackageEcosystem.NuGet).SelectMany(kind => parts.Three().Select(three => (kind, three.Item1, three.Item2, three.Item3))).ToArbitrary(), sample =>
        {
            PackageVersion a = Of(sample.Item2, sample.kind), b = Of(sample.Item3, sample.kind), c = Of(sample.Item4, sample.kind);
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            Assert.True(a.CompareTo(b) > 0 || b.CompareTo(c) > 0 || a.CompareTo(c) <= 0);
            Assert.True(!a.Equals(b) || a.GetHashCode() == b.GetHashCode());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static PackageVersion Of(string text, PackageEcosystem ecosystem)
    {
        Assert.True(PackageVersion.TryParse(text, ecosystem, out PackageVersion? version), text);
        return version!;
    }
}
