namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1027: a locale is set and is in the image.</summary>
internal sealed class LocaleSettings : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1027",
        Title = "The locale is set, and is there",
        Severity = Severity.Low,
        Category = "Environment",
        Rationale = "Without a locale programs take text for ASCII: names with other letters break, and what works on a desk fails in a container. A locale that "
            + "the image does not have is the same with a warning at every start. That none is set, or C, is a note; C.UTF-8 is in every libc6 and needs "
            + "no package.",
        Remediation = "Set LANG=C.UTF-8, or add the locale that is named (locales-all, or localedef in a build step).",
        References = ["locale(7)", "glibc NEWS 2.35, C.UTF-8"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "A locale is set, and is in the image.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("locale is wrong", "locales are wrong");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IReadOnlyDictionary<string, string> variables = Variables.Of(facts.Config);
        string name = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.FirstOrDefault(name => variables.TryGetValue(name, out string? value) && value.Length > 0) ?? "";
        if (name.Length == 0)
        {
            return [new RuleFinding("", "Neither LANG nor LC_ALL is set: programs take text for ASCII.", Severity.Info, "locale")];
        }

        string locale = variables[name];
        if (locale is "C" or "POSIX")
        {
            return [new RuleFinding("", $"{name}={locale} makes programs take text for ASCII.", Severity.Info, "locale")];
        }

        string folded = locale.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal);
        return folded == "C.UTF8" || IsThere(facts.Files!, locale) ? [] : [new RuleFinding("", $"{name} is {locale}, and the image has no such locale.", Key: "locale")];
    }

    // musl takes every name for UTF-8, and glibc's archive does not show by its name what it holds.
    private static bool IsThere(FileFacts files, string locale)
    {
        int dot = locale.IndexOf('.', StringComparison.Ordinal);
        string stem = dot < 0 ? locale : locale[..dot];
        string normal = dot < 0 ? locale : stem + "." + locale[(dot + 1)..].ToLowerInvariant().Replace("-", "", StringComparison.Ordinal);
        return files.Find("/etc/alpine-release") is not null || files.Resolve("/usr/lib/locale/locale-archive") is not null
            || new[] { locale, normal, stem }.Any(name => files.Resolve("/usr/lib/locale/" + name) is not null);
    }
}
