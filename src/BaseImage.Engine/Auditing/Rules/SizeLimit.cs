namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2009: the image is not larger than its policy allows.</summary>
internal sealed class SizeLimit : IAuditRule
{
    private const int Largest = 3;

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2009",
        Title = "Not larger than the policy allows",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "An image grows a dependency at a time, and nobody sees it. A size that is written down is a decision: what exceeds it is looked at before it ships. "
            + "What counts is what a container sees, the bytes of all files uncompressed, a file with several names once and what a later layer hides not at all.",
        Remediation = "See what became larger (Get-BaseImageFile sorted by Size), leave it out by Without or Remove, or raise Limits.Size in the policy and say why in the change.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        if (facts.Limits.Size is not { } limit)
        {
            return RuleOutcome.Skip("The policy states no size: write Limits = @{ Size = '24 MiB' }.");
        }

        ImageFile[] files = [.. facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.File)];
        long size = files.Sum(file => file.Size);
        string sizes = $"{Words.BinarySize(size)} of files, where the policy allows {Words.BinarySize(limit)}";
        string largest = string.Join(", ", files.OrderByDescending(file => file.Size).ThenBy(file => file.Path, StringComparer.Ordinal).Take(Largest).Select(file => $"{file.Path} ({Words.BinarySize(file.Size)})"));
        RuleFinding[] findings = size <= limit ? [] : [new RuleFinding("", $"There are {sizes}. The largest: {largest}.", Key: "size")];
        return RuleOutcome.Of(findings, $"There are {sizes}.", failing => failing[0].Message);
    }
}
