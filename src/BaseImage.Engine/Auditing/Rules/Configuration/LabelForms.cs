namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1014: the labels that the OCI specification defines have the form that it gives.</summary>
internal sealed class LabelForms : ListingRule
{
    private const string Prefix = "org.opencontainers.image.";

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1014",
        Title = "Labels have their specified form",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "Tools read these labels: a time that is none, an address that is none, or a licence that is no SPDX expression is lost to every inventory, "
            + "mostly because a build argument was empty or unquoted. Keys with white space or capital letters are notes.",
        Remediation = "Write times as 2026-01-02T03:04:05Z, addresses with their scheme, licences as SPDX expressions (MIT OR Apache-2.0), digests as sha256:….",
        References = ["OCI Image Specification 1.1, annotations.md", "RFC 3339", "SPDX Specification 2.3, annex D"],
        Equivalent = ["hadolint:DL3048", "hadolint:DL3051", "hadolint:DL3052", "hadolint:DL3053", "hadolint:DL3054"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "The labels have their specified form.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("label does not have its specified form", "labels do not have their specified form");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach ((string name, string value) in facts.Config.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            string? problem = name.StartsWith(Prefix, StringComparison.Ordinal) ? Problem(name[Prefix.Length..], value) : null;
            if (problem is not null)
            {
                yield return new RuleFinding("", $"The label {name} {problem}.", value.Length == 0 ? Severity.Info : null, "label:" + name);
            }
            else if (name.Length == 0 || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            {
                yield return new RuleFinding("", $"The label '{name}' has white space in its name.", Severity.Info, "label:" + name);
            }
        }
    }

    private static string? Problem(string name, string value) => name switch
    {
        _ when value.Length == 0 => "is empty",
        "created" when !IsTime(value) => $"is no time of RFC 3339: {value}",
        "url" or "documentation" or "source" when !IsAddress(value) => $"is no address: {value}",
        "licenses" when !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+' or ' ' or '(' or ')' or ':') || value.Contains("  ", StringComparison.Ordinal) => $"is no SPDX expression: {value}",
        "base.digest" when !Digest.TryParse(value, out _) => $"is no digest: {value}",
        _ => null,
    };

    private static bool IsTime(string value)
        => value.Length >= 20 && value[10] is 'T' or 't' && DateTimeOffset.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _) && (value.EndsWith('Z') || value.EndsWith('z') || value[^6] is '+' or '-');

    private static bool IsAddress(string value)
        => (Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" or "git" or "ssh" or "git+https") || (value.StartsWith("git@", StringComparison.Ordinal) && value.Contains(':', StringComparison.Ordinal));
}
