using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>
/// How much an image may have of what can be counted, and of what it may be made. Null everywhere means that the policy
/// does not say, and a rule that needs to know is then Skipped. Empty lists say something: nothing is allowed.
/// </summary>
internal sealed record PolicyLimits
{
    /// <summary>No limits.</summary>
    public static PolicyLimits None { get; } = new();

    /// <summary>Bytes of all its files, uncompressed.</summary>
    public long? Size { get; init; }

    /// <summary>How many packages it may have.</summary>
    public int? Packages { get; init; }

    /// <summary>How many layers it may have.</summary>
    public int? Layers { get; init; }

    /// <summary>Bytes of files that a later layer overwrites or deletes: dive's highestWastedBytes.</summary>
    public long? WastedBytes { get; init; }

    /// <summary>The same as a part of the bytes of all layers but the first, 0 to 1: dive's highestUserWastedPercent.</summary>
    public double? WastedRatio { get; init; }

    /// <summary>The part of all bytes that is not stored again, 0 to 1: dive's lowestEfficiency.</summary>
    public double? Efficiency { get; init; }

    /// <summary>Wildcards over licences (SPDX ids, else as the package writes them) that packages may have.</summary>
    public IReadOnlyList<string>? AllowedLicences { get; init; }

    /// <summary>Wildcards over licences that packages must not have.</summary>
    public IReadOnlyList<string>? DeniedLicences { get; init; }

    /// <summary>Wildcards over the names of packages that it may have.</summary>
    public IReadOnlyList<string>? AllowedPackages { get; init; }

    /// <summary>Wildcards over the names of packages that it must not have.</summary>
    public IReadOnlyList<string>? DeniedPackages { get; init; }

    /// <summary>Wildcards over the names, or digests, of images that it may be made from.</summary>
    public IReadOnlyList<string>? AllowedBases { get; init; }

    /// <summary>The builders, URIs, that a provenance of it may name; to the letter.</summary>
    public IReadOnlyList<string>? AllowedBuilders { get; init; }

    /// <summary>The repositories that a provenance of it may name; <c>*</c> for any characters, letter case counted.</summary>
    public IReadOnlyList<string>? AllowedSources { get; init; }

    /// <summary>The ports that it may expose, as <c>8080/tcp</c>.</summary>
    public IReadOnlyList<string>? AllowedPorts { get; init; }

    /// <summary>Globs over paths of programs that may be set-id.</summary>
    public IReadOnlyList<string>? AllowedSetId { get; init; }

    /// <summary>Globs over paths of programs that may carry file capabilities, and which: names divided by commas, or <c>*</c>.</summary>
    public IReadOnlyDictionary<string, string>? AllowedCapabilities { get; init; }

    /// <summary>Compilers as they name themselves in <c>.comment</c> (<c>GCC</c>, <c>clang</c>, <c>rustc</c>, <c>Go</c>), and the least version of each.</summary>
    public IReadOnlyDictionary<string, string>? Compilers { get; init; }

    /// <summary>Labels that it must have, and wildcards over their values.</summary>
    public IReadOnlyDictionary<string, string>? RequiredLabels { get; init; }

    /// <summary>True where one of some wildcards matches a name; letter case not counted.</summary>
    public static bool Matches(IEnumerable<string> wildcards, string name) => wildcards.Any(wildcard => Wildcard.IsMatch(wildcard, name));

    /// <summary>True where one of some globs matches a path.</summary>
    public static bool MatchesPath(IEnumerable<string> globs, string path) => globs.Any(glob => Wildcard.IsPathMatch(glob, path));

    /// <summary>True where the policy allows a program at a path to carry capabilities.</summary>
    /// <param name="path">The program.</param>
    /// <param name="capabilities">In libcap's words, as <c>cap_net_raw=ep</c>.</param>
    public bool AllowsCapabilities(string path, string capabilities) => AllowedCapabilities is { } allowed && allowed.Any(pair =>
        Wildcard.IsPathMatch(pair.Key, path) && Names(capabilities).All(name => Names(pair.Value).Any(wildcard => Wildcard.IsMatch(wildcard, name))));

    internal JObject ToModel() => JObject.FromObject(this);

    // cap_a,cap_b=ep cap_c+p -> cap_a, cap_b, cap_c
    private static IEnumerable<string> Names(string capabilities) => capabilities
        .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .SelectMany(clause => clause.Split('=', '+', '-')[0].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
