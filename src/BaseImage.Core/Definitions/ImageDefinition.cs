namespace BaseImage;

/// <summary>
/// What an image is to be: distribution, packages and why, files, accounts, configuration. Read from
/// <c>NAME.image.psd1</c> or <c>NAME.image.json</c>; already merged with what it extends.
/// </summary>
public sealed record ImageDefinition
{
    /// <summary>The file it was read from, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The format's version: 1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The image's name: a repository name of the OCI distribution specification, without a registry.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence on what the image is.</summary>
    public string Description { get; init; } = "";

    /// <summary>What is meant to run on it.</summary>
    public string Workloads { get; init; } = "";

    /// <summary>The distribution that the packages come from; with empty names where it is built on an image and takes none.</summary>
    public required DistributionSource From { get; init; }

    /// <summary>The image that it is built on, pinned by digest, a path made full; null for none.</summary>
    public ImageReference? BaseImage { get; init; }

    /// <summary>The platforms to build, in ordinal order.</summary>
    public required IReadOnlyList<Platform> Platforms { get; init => field = TextList.Of<Platform>(value); }

    /// <summary>The packages asked for, in ordinal order of their names.</summary>
    public IReadOnlyList<PackageRequest> Packages { get; init => field = TextList.Of<PackageRequest>(value); } = TextList.Of<PackageRequest>([]);

    /// <summary>Packages left out although something depends on them: name and reason.</summary>
    public IReadOnlyDictionary<string, string> Without { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>Which provider to take for a virtual package: virtual name and real name.</summary>
    public IReadOnlyDictionary<string, string> Prefer { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>Every archive the packages may come from, the distribution's own first.</summary>
    public IReadOnlyList<ArchiveSource> Archives { get; init => field = TextList.Of<ArchiveSource>(value); } = TextList.Of<ArchiveSource>([]);

    /// <summary>Globs of paths that are removed beside the defaults.</summary>
    public IReadOnlyList<string> Remove { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Files added last.</summary>
    public IReadOnlyList<AddedFile> Files { get; init => field = TextList.Of<AddedFile>(value); } = TextList.Of<AddedFile>([]);

    /// <summary>Accounts added to passwd, group and shadow.</summary>
    public IReadOnlyList<AccountRequest> Accounts { get; init => field = TextList.Of<AccountRequest>(value); } = TextList.Of<AccountRequest>([]);

    /// <summary>Alternatives to set: the link's name (<c>awk</c>) and the program it shall lead to.</summary>
    public IReadOnlyDictionary<string, string> Alternatives { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>The image's configuration.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>How packages are spread over layers.</summary>
    public Layering Layering { get; init; } = Layering.Single;

    /// <summary>The policy file it is audited with, as a full path; null for none.</summary>
    public string? Policy { get; init; }

    /// <summary>The files it extends, nearest first, as full paths.</summary>
    public IReadOnlyList<string> Extends { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>
    /// The digest of the parsed model in canonical JSON, so that comments, order and line endings of the file do not
    /// count. This is what a lock names.
    /// </summary>
    public Digest ModelDigest { get; init; }

    /// <summary>The lock's path: beside the definition, <c>NAME.lock.json</c>.</summary>
    public string LockPath => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", LockFileName(System.IO.Path.GetFileName(Path)));

    private static string LockFileName(string file)
    {
        foreach (string ending in new[] { ".image.psd1", ".image.json" })
        {
            if (file.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return file[..^ending.Length] + ".lock.json";
            }
        }

        return file + ".lock.json";
    }
}

/// <summary>How packages are spread over layers.</summary>
public enum Layering
{
    /// <summary>One layer.</summary>
    Single,
}
