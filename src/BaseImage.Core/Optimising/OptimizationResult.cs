namespace BaseImage;

/// <summary>What optimising one image gave.</summary>
public sealed record OptimizationResult
{
    /// <summary>The image that was optimised, pinned.</summary>
    public required string Source { get; init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The new image; null where none was written (<c>-WhatIf</c>).</summary>
    public ContainerImage? Image { get; init; }

    /// <summary>The new image, pinned; empty where none was written.</summary>
    public string Reference => Image?.Reference ?? "";

    /// <summary>Bytes of the files in all layers before, those that a later layer hides among them.</summary>
    public long SizeBefore { get; init; }

    /// <summary>Bytes of the files after.</summary>
    public long SizeAfter { get; init; }

    /// <summary>Bytes less.</summary>
    public long Saved => SizeBefore - SizeAfter;

    /// <summary>Bytes less in percent of before, with one digit, never rounded up to more than was saved.</summary>
    public double SavedPercent => SizeBefore > 0 ? Math.Floor(Saved * 1000.0 / SizeBefore) / 10 : 0;

    /// <summary>Files and links that went.</summary>
    public int FilesRemoved { get; init; }

    /// <summary>Files and links that stayed.</summary>
    public int FilesKept { get; init; }

    /// <summary>What went and why, the largest first.</summary>
    public IReadOnlyList<RemovedItem> Removed { get; init => field = TextList.Of<RemovedItem>(value); } = TextList.Of<RemovedItem>([]);

    /// <summary>Programs that stayed, and who needs them, in ordinal order of paths.</summary>
    public IReadOnlyList<KeptItem> Kept { get; init => field = TextList.Of<KeptItem>(value); } = TextList.Of<KeptItem>([]);

    /// <summary>Packages of which files stayed, as scanners see them in the new image.</summary>
    public IReadOnlyList<string> Packages { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Whether a run has shown that the new image does what the old one does.</summary>
    public OptimizationProof Verified { get; init; }

    /// <summary>What was run and what it came to, or why nothing was.</summary>
    public string Proof { get; init; } = "";

    /// <summary>What to look at: parts that may load others by name, files that could not be stripped.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The saving.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Source}: {SavedPercent:0.0} % less, {Verified}");
}

/// <summary>What stands behind an optimised image.</summary>
public enum OptimizationProof
{
    /// <summary>It was not run.</summary>
    NotVerified,

    /// <summary>Both images were run under the same conditions and came to the same.</summary>
    Verified,
}

/// <summary>Why something went.</summary>
public enum RemovalReason
{
    /// <summary>Documentation, manuals, examples.</summary>
    Documentation,

    /// <summary>Translations and locales that the environment does not ask for.</summary>
    Locale,

    /// <summary>Caches, logs, lists of packages, temporary files.</summary>
    Cache,

    /// <summary>Static libraries, headers and what else only a compiler reads.</summary>
    Development,

    /// <summary>A package manager, its data and its settings.</summary>
    PackageManager,

    /// <summary>A shell that nothing needs.</summary>
    Shell,

    /// <summary>A program or script that nothing starts.</summary>
    Program,

    /// <summary>A library that nothing loads.</summary>
    Library,

    /// <summary>Data of a package that nothing needs.</summary>
    Package,

    /// <summary>The policy says so.</summary>
    Policy,

    /// <summary>Debugging information and symbol tables inside of files that stay.</summary>
    DebugData,

    /// <summary>A set-id bit of a file that stays.</summary>
    SetId,
}

/// <summary>What went for one reason: of a package, or below a folder.</summary>
public sealed record RemovedItem
{
    /// <summary>The package that shipped it; empty for none.</summary>
    public string Package { get; init; } = "";

    /// <summary>The folder that all of it lay below, or the one path.</summary>
    public required string Path { get; init; }

    /// <summary>Why it went.</summary>
    public required RemovalReason Reason { get; init; }

    /// <summary>Bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The paths, in ordinal order.</summary>
    public IReadOnlyList<string> Paths { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Reason, package and folder.</summary>
    public override string ToString() => $"{Reason}: {(Package.Length > 0 ? Package + " " : "")}{Path}";
}

/// <summary>A program or library that stayed.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Package">The package that ships it; empty for none.</param>
/// <param name="NeededBy">Who needs it, in words.</param>
public sealed record KeptItem(string Path, string Package, string NeededBy)
{
    /// <summary>The path and who needs it.</summary>
    public override string ToString() => $"{Path} ({NeededBy})";
}
