using BaseImage.Engine.Packages;
using BaseImage.Errors;
using Xunit;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>The rules of choice, one at a time.</summary>
public sealed class ResolverTests
{
    [Fact]
    public void FollowsDependsAndPreDependsAndNamesWhoNeedsThem()
    {
        Resolution resolution = new ResolverBench()
            .Has("a 1", "Depends: b, c").Has("b 1", "Pre-Depends: c").Has("c 1").Has("d 1", "Essential: yes")
            .Wants("a").Resolve();
        Assert.Equal(["a", "b", "c"], resolution.Packages.Select(p => p.Record.Name));
        Assert.Equal(["a", "b"], resolution.Packages[2].NeededBy);
        Assert.Null(resolution.Packages[2].Request);
        Assert.Equal("because", resolution.Packages[0].Request!.Reason);
    }

    [Fact]
    public void CyclesEnd() => Assert.Equal("a=1 b=1", new ResolverBench().Has("a 1", "Depends: b").Has("b 1", "Depends: a (= 1)").Wants("a").Closure());

    [Fact]
    public void TheFirstAlternativeThatCanBeHadIsTaken()
    {
        ResolverBench bench() => new ResolverBench().Has("a 1", "Depends: gone | b (>= 2) | c | d").Has("b 1").Has("c 1").Has("d 1").Wants("a");
        Assert.Equal("a=1 c=1", bench().Closure());
        Assert.Equal("a=1 d=1", bench().Wants("d").Closure());
    }

    [Fact]
    public void ARealPackageBeatsAProvider()
        => Assert.Equal("a=1 v=1", new ResolverBench().Has("a 1", "Depends: v").Has("p 1", "Provides: v", "Priority: required").Has("v 1").Wants("a").Closure());

    [Fact]
    public void OnlyAVersionedProvideSatisfiesAVersionedDependency()
    {
        Assert.Equal("a=1 q=1", new ResolverBench().Has("a 1", "Depends: v (>= 2)").Has("p 1", "Provides: v").Has("q 1", "Provides: v (= 2.1)").Wants("a").Closure());
        Assert.Throws<DependencyUnsatisfiedException>(() => new ResolverBench().Has("a 1", "Depends: v (>= 2)").Has("p 1", "Provides: v, v (= 1)").Wants("a").Closure());
    }

    [Fact]
    public void AProviderIsChosenByPreferThenPriorityThenName()
    {
        ResolverBench bench() => new ResolverBench().Has("a 1", "Depends: v").Has("r 1", "Provides: v").Has("q 1", "Provides: v", "Priority: optional").Has("p 1", "Provides: v", "Priority: extra").Wants("a");
        Assert.Equal("a=1 q=1", bench().Closure());
        Assert.Equal("a=1 r=1", bench().Prefers("v", "r").Closure());
        Assert.Equal("a=1 p=1", bench().Wants("p").Closure());
    }

    [Fact]
    public void AVirtualNameAskedForWithSeveralProvidersIsAnErrorThatListsThem()
    {
        ResolverBench bench() => new ResolverBench().Has("q 1", "Provides: v").Has("p 1", "Provides: v").Wants("v");
        PackageAmbiguousException error = Assert.Throws<PackageAmbiguousException>(() => bench().Closure());
        Assert.Contains("p, q", error.Message, StringComparison.Ordinal);
        Assert.Equal("q=1", bench().Prefers("v", "q").Closure());
        Assert.Equal("p=1", new ResolverBench().Has("p 1", "Provides: v").Wants("v").Closure());
    }

    [Fact]
    public void TheNewestOfAllSuitesWinsAndOfEqualOnesTheSecurityArchive()
    {
        Resolution resolution = new ResolverBench().Has("a 1.9").Has(ResolverBench.Security, "a 1.10").Has("b 2").Has(ResolverBench.Security, "b 2").Wants("a").Wants("b").Resolve();
        Assert.Equal(["1.10", "2"], resolution.Packages.Select(p => p.Record.Version.ToString()));
        Assert.All(resolution.Packages, p => Assert.Equal("debian-security", p.Record.Origin.Archive));
    }

    [Theory]
    [InlineData("1.2*", "1.2.9")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("1.2.03", "1.2.3")]
    [InlineData("*", "2")]
    [InlineData("*.3", "1.2.3")]
    public void APinChoosesTheNewestThatFits(string pin, string expected)
        => Assert.Equal($"a={expected}", new ResolverBench().Has("a 1.2.3").Has("a 1.2.9").Has("a 2").Wants("a", pin).Closure());

    [Fact]
    public void APinThatFitsNothingNamesWhatThereIs()
    {
        PackageVersionNotFoundException error = Assert.Throws<PackageVersionNotFoundException>(() => new ResolverBench().Has("a 1.2.3").Wants("a", "3*").Closure());
        Assert.Contains("1.2.3 (bookworm)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutLeavesOutWhatWouldHaveBeenTakenAndNothingInItsPlace()
    {
        Resolution resolution = new ResolverBench().Has("a 1", "Depends: debconf (>= 0.5) | debconf-2.0, openssl").Has("debconf 1").Has("cdebconf 1", "Provides: debconf-2.0").Has("openssl 1", "Depends: x").Has("x 1")
            .Wants("a").Without("debconf").Without("openssl").Resolve();
        Assert.Equal(["a"], resolution.Packages.Select(p => p.Record.Name));
        Assert.Equal(["debconf", "openssl"], resolution.LeftOut.Keys);
        Assert.Equal(["a"], resolution.LeftOut["debconf"]);
        Assert.Throws<DependencyUnsatisfiedException>(() => new ResolverBench().Has("a 1").Wants("a").Without("a").Closure());
    }

    [Fact]
    public void WithoutASecondAlternativeKeepsTheFirst()
        => Assert.Equal("a=1 b=1", new ResolverBench().Has("a 1", "Depends: b | c").Has("b 1").Has("c 1").Wants("a").Without("c").Closure());

    [Fact]
    public void AConflictSendsTheSearchBackToTheLastChoice()
    {
        ResolverBench bench = new ResolverBench().Has("a 1", "Depends: b | c, d").Has("b 1").Has("c 1").Has("d 1", "Breaks: b (<< 2)").Wants("a");
        Assert.Equal("a=1 c=1 d=1", bench.Closure());
        Assert.Equal("a=1 b=2 d=1", new ResolverBench().Has("a 1", "Depends: b | c, d").Has("b 2").Has("c 1").Has("d 1", "Breaks: b (<< 2)").Wants("a").Closure());
    }

    [Fact]
    public void AnOlderVersionIsTakenOnlyWhereARelationAsksForIt()
        => Assert.Equal("a=1 b=1", new ResolverBench().Has("a 1", "Depends: b (= 1)").Has("b 1").Has("b 2").Wants("a").Closure());

    [Fact]
    public void AConflictThatCannotBeSolvedNamesBothAndTheirChains()
    {
        DependencyUnsatisfiedException error = Assert.Throws<DependencyUnsatisfiedException>(() =>
            new ResolverBench().Has("web 1", "Depends: lib").Has("lib 1", "Conflicts: mail-server").Has("exim 4", "Provides: mail-server").Wants("exim").Wants("web").Closure());
        Assert.Contains("web 1 (asked for) depends on lib", error.Message, StringComparison.Ordinal);
        Assert.Contains("exim 4 (asked for)", error.Message, StringComparison.Ordinal);
        Assert.Contains("mail-server", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public void APackageMayConflictWithWhatItProvides()
        => Assert.Equal("a=1", new ResolverBench().Has("a 1", "Provides: v", "Conflicts: v, a").Wants("a").Closure());

    [Fact]
    public void AnUnmetDependencyPrintsTheChainAndWhatExists()
    {
        DependencyUnsatisfiedException error = Assert.Throws<DependencyUnsatisfiedException>(() =>
            new ResolverBench().Has("app 1", "Depends: mid").Has("mid 2", "Depends: low (>= 3)").Has("low 2").Wants("app").Closure());
        Assert.Contains("app 1 (asked for) -> mid 2 depends on low (>= 3): 'low' exists as 2 (bookworm)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMistypedNameNamesTheNearest()
    {
        PackageNotFoundException error = Assert.Throws<PackageNotFoundException>(() => new ResolverBench().Has("ca-certificates 1").Wants("ca-certificate").Closure());
        Assert.Contains("'ca-certificates'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyAsksForAPackageThatAllowsIt()
    {
        Assert.Equal("a=1 python3=3", new ResolverBench().Has("a 1", "Depends: python3:any").Has("python3 3", "Multi-Arch: allowed").Wants("a").Closure());
        Assert.Throws<DependencyUnsatisfiedException>(() => new ResolverBench().Has("a 1", "Depends: b:any").Has("b 1", "Multi-Arch: same").Wants("a").Closure());
        Assert.Equal("a=1 b=1", new ResolverBench().Has("a 1", "Depends: b:amd64").Has("b 1", "Architecture: all").Wants("a").Closure());
        Assert.Throws<DependencyUnsatisfiedException>(() => new ResolverBench().Has("a 1", "Depends: b:arm64").Has("b 1").Wants("a").Closure());
    }

    [Fact]
    public void OtherArchitecturesAreNotThere()
        => Assert.Throws<PackageNotFoundException>(() => new ResolverBench().Has("a 1", "Architecture: arm64").Wants("a").Closure());

    [Theory]
    [InlineData("Depends: b [amd64]")]
    [InlineData("Depends: b <!nocheck>")]
    [InlineData("Depends: b (1.0)")]
    [InlineData("Depends: b (= )")]
    [InlineData("Depends: b (= 1")]
    [InlineData("Depends: b |")]
    [InlineData("Depends: b c")]
    [InlineData("Depends: $(b)")]
    public void ARecordThatPolicyForbidsIsOneErrorThatNamesIt(string field)
    {
        PackageRecordInvalidException error = Assert.Throws<PackageRecordInvalidException>(() => new ResolverBench().Has("a 1", field).Has("b 1").Wants("a").Closure());
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("debian bookworm/main", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostileArchiveCannotHoldTheSearchForEver()
    {
        ResolverBench bench = new ResolverBench().Has("top 1", "Depends: " + string.Join(", ", Enumerable.Range(0, 40).Select(i => $"a{i} | b{i}")) + ", gone");
        for (int i = 0; i < 40; i++)
        {
            bench.Has($"a{i} 1").Has($"b{i} 1");
        }

        DependencyUnsatisfiedException error = Assert.Throws<DependencyUnsatisfiedException>(() => bench.Wants("top").Closure());
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
    }
}
