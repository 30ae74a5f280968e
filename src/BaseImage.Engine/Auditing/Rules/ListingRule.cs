namespace BaseImage.Engine.Auditing.Rules;

/// <summary>A rule that lists what it finds: a single finding speaks for itself, of several the row tells the number.</summary>
internal abstract class ListingRule : IAuditRule
{
    /// <inheritdoc/>
    public abstract AuditRule Describe { get; }

    /// <inheritdoc/>
    public virtual bool NeedsFiles => false;

    /// <inheritdoc/>
    public virtual bool DependsOnDay => false;

    /// <inheritdoc/>
    public virtual bool NeedsSignatures => false;

    /// <inheritdoc/>
    public virtual bool NeedsAttestations => false;

    /// <summary>True where the rule speaks of Linux alone.</summary>
    protected virtual bool IsForLinux => true;

    /// <summary>The sentence for an image in which nothing is found.</summary>
    protected abstract string Passed { get; }

    /// <summary>What was found, to follow a number: one, and several.</summary>
    protected abstract (string One, string Many) Noun { get; }

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        if (IsForLinux && facts.Platform.Os == "windows")
        {
            return RuleOutcome.Skip("The rule speaks of Linux images (os=windows).");
        }

        if (Skipped(facts) is { } reason)
        {
            return RuleOutcome.Skip(reason);
        }

        List<RuleFinding> findings = [];
        foreach (RuleFinding finding in Find(facts))
        {
            cancellationToken.ThrowIfCancellationRequested();
            findings.Add(finding);
        }

        return RuleOutcome.Of(
            findings,
            findings.Count == 0 ? Passed : $"{Passed} Worth a look: {Sentence(findings[0])}",
            failing => failing.Count == 1 ? Sentence(failing[0]) : Words.Count(failing.Count, Noun.One, Noun.Many));
    }

    /// <summary>Why the rule cannot judge an image; null where it can.</summary>
    protected virtual string? Skipped(ImageFacts facts) => null;

    /// <summary>What is wrong.</summary>
    protected abstract IEnumerable<RuleFinding> Find(ImageFacts facts);

    private static string Sentence(RuleFinding finding)
    {
        string text = finding.Path.Length == 0 ? finding.Message : $"{finding.Path} {finding.Message}";
        return text.EndsWith('.') ? text : text + ".";
    }
}
