namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1028: a time zone is set and is in the image.</summary>
internal sealed class TimeZone : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1028",
        Title = "The time zone is set, and is there",
        Severity = Severity.Low,
        Category = "Environment",
        Rationale = "A zone that the image does not know is UTC without a word: the log says one thing and the clock on the wall another. That neither TZ nor "
            + "/etc/localtime says anything is a note, for UTC is what servers want; a link that leads nowhere is a fault.",
        Remediation = "Add the package tzdata, or set TZ=UTC.",
        References = ["tzset(3)", "POSIX.1-2017, 8.3, TZ"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The time zone is set, and is in the image.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("time zone is wrong", "time zones are wrong");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        if (Variables.Of(facts.Config).TryGetValue("TZ", out string? zone) && zone.Length > 0)
        {
            string name = zone.TrimStart(':');

            // A rule such as CET-1CEST needs no file; neither does UTC.
            int letters = name.TakeWhile(char.IsAsciiLetter).Count();
            bool isRule = name.StartsWith('<') || (letters >= 3 && letters < name.Length && (char.IsAsciiDigit(name[letters]) || name[letters] is '+' or '-'));
            if (!isRule && name is not ("UTC" or "GMT" or "Etc/UTC") && files.Resolve(name.StartsWith('/') ? name : "/usr/share/zoneinfo/" + name) is null)
            {
                yield return new RuleFinding("", $"TZ is {zone}, and the image has no such zone.", Key: "tz");
            }
        }
        else if (files.Find("/etc/localtime") is null)
        {
            yield return new RuleFinding("", "Neither TZ nor /etc/localtime says which time zone it is.", Severity.Info, "tz");
        }

        if (files.Find("/etc/localtime") is { } link && files.Resolve("/etc/localtime") is null)
        {
            yield return new RuleFinding(link.Path, $"leads to {link.LinkTarget}, which is not there", Key: "localtime");
        }
    }
}
