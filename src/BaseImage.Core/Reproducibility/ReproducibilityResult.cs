namespace BaseImage;

/// <summary>Something that must not matter to what is built.</summary>
public enum BuildCondition
{
    /// <summary>The clock: the build starts some seconds later.</summary>
    Time,

    /// <summary>Whether a cache already holds what is needed, or nothing.</summary>
    Cache,

    /// <summary>How much is done at once: workers of a definition's build, processors of a Dockerfile's.</summary>
    Parallelism,

    /// <summary>The language: the culture of a definition's build, LANG of a Dockerfile's.</summary>
    Locale,

    /// <summary>TZ of a Dockerfile's RUN.</summary>
    TimeZone,

    /// <summary>The order in which a Dockerfile's context is sent.</summary>
    FileOrder,

    /// <summary>The folder that a Dockerfile's context lies in.</summary>
    Path,

    /// <summary>The umask under which a Dockerfile's context was checked out.</summary>
    Umask,
}

/// <summary>Whether something builds to the same digest whatever the conditions.</summary>
public sealed record ReproducibilityResult
{
    /// <summary>The image's name.</summary>
    public required string Name { get; init; }

    /// <summary>The definition or Dockerfile, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>True where every build gave the same digest.</summary>
    public required bool IsReproducible { get; init; }

    /// <summary>The digest of the first build's manifest or index.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The builds, in order; the first is what the others are held against.</summary>
    public required IReadOnlyList<ReproducibilityBuild> Builds { get; init => field = TextList.Of<ReproducibilityBuild>(value); }

    /// <summary>What differed, by the condition that was varied.</summary>
    public IReadOnlyList<ReproducibilityDifference> Differences { get; init => field = TextList.Of<ReproducibilityDifference>(value); } = TextList.Of<ReproducibilityDifference>([]);

    /// <summary>Where the builds lie as layouts, as a full path; empty where they were not kept.</summary>
    public string DestinationPath { get; init; } = "";

    /// <summary>The name and the outcome.</summary>
    public override string ToString() => $"{Name}: {(IsReproducible ? "reproducible" : $"{Differences.Count} differences")}";
}

/// <summary>One of the builds.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Varied">What was varied; empty for nothing.</param>
/// <param name="Digest">Of its manifest or index.</param>
/// <param name="IsSame">True where that is the first build's.</param>
public sealed record ReproducibilityBuild(int Number, IReadOnlyList<BuildCondition> Varied, Digest Digest, bool IsSame)
{
    /// <summary>The conditions and the digest.</summary>
    public override string ToString() => $"{(Varied.Count == 0 ? "nothing" : string.Join('+', Varied))}: {(IsSame ? "same" : Digest.ToString())}";
}

/// <summary>One difference between the first build and another.</summary>
/// <param name="Build">The number of the other build.</param>
/// <param name="Varied">What was varied, in words; <c>nothing</c> where the build was only repeated.</param>
/// <param name="Difference">The difference.</param>
public sealed record ReproducibilityDifference(int Build, string Varied, ImageDifference Difference)
{
    /// <summary>What differs.</summary>
    public ImageDifferenceKind Kind => Difference.Kind;

    /// <summary>Where: a file, a package, a property.</summary>
    public string Path => Difference.Path;

    /// <summary>The likely cause.</summary>
    public DifferenceCause Cause => Difference.Cause;

    /// <summary>The instruction that made it; empty where that is not known.</summary>
    public string Instruction => Difference.Instruction;

    /// <summary>Its line in the Dockerfile; null where that is not known.</summary>
    public int? Line => Difference.Line;

    /// <summary>The difference and what was varied.</summary>
    public override string ToString() => $"{Difference} (varied: {Varied})";
}
