using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2054: no file's name is made to be overlooked or misread.</summary>
internal sealed class MisleadingNames : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2054",
        Title = "No names that mislead",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A name that ends in a space, consists of dots, or has control characters or marks that turn the direction of writing looks like another one "
            + "on every screen: it is made to be overlooked, to be started by mistake, or to break scripts that read lists of files. Names that are no "
            + "UTF-8 are notes.",
        Remediation = "Rename or remove the file, and look at where it came from.",
        References = ["MITRE ATT&CK T1036.002, T1036.006", "CWE-1007"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No name misleads.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("name misleads", "names mislead");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => Problem(FileText.Name(file)) is not null))
        {
            if (Problem(FileText.Name(file)) is { } problem)
            {
                yield return new RuleFinding(file.Path, problem, problem.EndsWith("UTF-8", StringComparison.Ordinal) ? Severity.Info : null);
            }
        }
    }

    private static string? Problem(string name)
        => name.Length > 2 && name.All(c => c == '.') ? "has a name of dots"
            : name.Length > 0 && (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) ? "has a space at an end of its name"
            : name.Any(c => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format) ? "has characters in its name that cannot be seen"
            : IsEscaped(name) is { } isControl ? isControl ? "has control characters in its name" : "has a name that is no UTF-8"
            : null;

    // Paths write bytes that are not UTF-8, and control characters, as \xNN.
    private static bool? IsEscaped(string name)
    {
        int at = name.IndexOf(@"\x", StringComparison.Ordinal);
        return at < 0 || at + 4 > name.Length || !byte.TryParse(name.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? null : value is < 0x20 or 0x7F;
    }
}
