using System.Buffers;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4009: no placeholder is left in labels and annotations.</summary>
internal sealed class NothingUnexpanded : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4009",
        Title = "No placeholder is left in labels",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "A label such as ${VERSION}, {{.Commit}} or <no value> says that the build did not get what it was to write down: what the image was made from is "
            + "lost, and nobody was told.",
        Remediation = "Declare the build argument before LABEL (ARG VERSION), pass it, and let the build fail where it is empty.",
        References = ["OCI Image Specification 1.1, annotations.md", "Dockerfile reference, ARG"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "No placeholder is left.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("label holds a placeholder", "labels hold placeholders");

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Config.Labels.Concat(facts.Manifest?.Annotations ?? new Dictionary<string, string>()).Where(pair => IsPlaceholder(pair.Value)).DistinctBy(pair => pair.Key)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new RuleFinding("", $"{pair.Key} is '{pair.Value}'.", Key: "label:" + pair.Key));

    private static bool IsPlaceholder(string value)
    {
        string text = value.Trim();
        return text is "<no value>" or "<nil>" or "undefined" or "$Format:%H$" or "TODO" or "CHANGEME" or "unset"
            || (text.StartsWith("${", StringComparison.Ordinal) && text.EndsWith('}')) || (text.StartsWith("{{", StringComparison.Ordinal) && text.EndsWith("}}", StringComparison.Ordinal))
            || (text.Length is > 1 and < 60 && text[0] == '$' && text.AsSpan(1).IndexOfAnyExcept(Name) < 0) || (text.Length > 2 && text[0] == '%' && text[^1] == '%' && text.AsSpan(1, text.Length - 2).IndexOfAnyExcept(Name) < 0);
    }

    private static readonly SearchValues<char> Name = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}
