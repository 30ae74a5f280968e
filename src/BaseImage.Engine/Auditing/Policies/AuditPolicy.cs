using System.Globalization;
using BaseImage.Engine.Storage;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>What an organisation decided about one image: severities, rules turned off, limits, findings accepted for a time.</summary>
internal sealed record AuditPolicy
{
    /// <summary>No decisions.</summary>
    public static AuditPolicy None { get; } = new();

    /// <summary>Rule ids and the severities that replace theirs.</summary>
    public IReadOnlyDictionary<string, Severity> Severities { get; init; } = new Dictionary<string, Severity>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rule ids that are turned off, and why.</summary>
    public IReadOnlyDictionary<string, string> Disabled { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How much an image may have of what can be counted, and of what it may be made.</summary>
    public PolicyLimits Limits { get; init; } = PolicyLimits.None;

    /// <summary>Under what images are run, where the caller does not say otherwise.</summary>
    public RuntimeSettings Runtime { get; init; } = new();

    /// <summary>What to take out of images that are made smaller, and what to leave; no part of <see cref="ToModel"/>, since no rule asks for it.</summary>
    public OptimizePolicy Optimize { get; init; } = OptimizePolicy.None;

    /// <summary>Findings that are accepted for a time.</summary>
    public IReadOnlyList<Suppression> Suppressions { get; init; } = [];

    /// <summary>
    /// The model as JSON: what two policies that decide the same have in common, whatever their files look like. Which
    /// suppressions are over on a day is part of it, and so results kept from before that day do not count as fresh.
    /// </summary>
    public JObject ToModel(DateTimeOffset now) => new()
    {
        ["severities"] = new JObject(Severities.Select(pair => new JProperty(pair.Key.ToUpperInvariant(), pair.Value.ToString()))),
        ["disabled"] = new JObject(Disabled.Select(pair => new JProperty(pair.Key.ToUpperInvariant(), pair.Value))),
        ["limits"] = Limits.ToModel(),
        ["runtime"] = JObject.FromObject(Runtime),
        ["suppressions"] = new JArray(Suppressions.Select(s => s.ToModel(now)).OrderBy(model => CanonicalJson.WriteCompact(model), ByteOrder.Instance)),
    };

    private sealed class ByteOrder : IComparer<byte[]>
    {
        internal static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}

/// <summary>Findings that somebody accepts for a time.</summary>
/// <param name="Rule">A rule's id, or a wildcard.</param>
/// <param name="Image">A wildcard over the image's name, its name with a tag, or its reference; <c>*</c> for every image.</param>
/// <param name="Path">A glob over paths; null for every finding, also those without a path.</param>
/// <param name="Reason">Why.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Until">The last day on which it holds, to its end in UTC.</param>
/// <param name="Fingerprint">The one finding that is meant; null for all that the others cover.</param>
internal sealed record Suppression(string Rule, string Image, string? Path, string Reason, string Owner, DateOnly Until, string? Fingerprint = null)
{
    /// <summary>Where it is written, for telling of it.</summary>
    public string Place { get; init; } = "";

    /// <summary>Wildcards over rules that a policy above it keeps from being suppressed.</summary>
    public IReadOnlyList<string> NotFor { get; init; } = [];

    /// <summary>True where it speaks of a finding, expired or not.</summary>
    public bool Covers(string rule, string imageName, string reference, string path, string fingerprint)
        => CoversImage(imageName, reference)
            && Wildcard.IsMatch(Rule, rule)
            && !NotFor.Any(final => Wildcard.IsMatch(final, rule))
            && (Fingerprint is null || Fingerprint.Equals(fingerprint, StringComparison.OrdinalIgnoreCase))
            && (Path is null || Wildcard.IsPathMatch(Path, path) || (IsRelative(path) && Wildcard.IsPathMatch(Path, "/" + path)));

    // A Dockerfile's path starts where the audit ran; a policy's may say so by a '/' in front.
    private static bool IsRelative(string path) => path.Length > 0 && path[0] != '/';

    /// <summary>True where it may speak of an image.</summary>
    public bool CoversImage(string imageName, string reference) => Wildcard.IsMatch(Image, imageName) || Wildcard.IsMatch(Image, reference);

    /// <summary>True from the first moment of the day after <see cref="Until"/>, UTC.</summary>
    public bool IsExpired(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime) > Until;

    /// <summary>In words, for telling of it: rule, path and image where they say something.</summary>
    public string Describe()
        => string.Join(' ', new[] { Rule, Fingerprint, Path, Image == "*" ? null : $"in {Image}" }.OfType<string>());

    internal JObject ToModel(DateTimeOffset now) => new()
    {
        ["rule"] = Rule.ToUpperInvariant(),
        ["image"] = Image,
        ["path"] = Path,
        ["reason"] = Reason,
        ["owner"] = Owner,
        ["until"] = Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["fingerprint"] = Fingerprint?.ToLowerInvariant(),
        ["expired"] = IsExpired(now),
    };
}
