using System.Globalization;
using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>What rules on Dockerfiles share: findings by line, with keys that survive lines being added above.</summary>
internal abstract class DockerfileRule : IDockerfileRule
{
    /// <inheritdoc/>
    public abstract AuditRule Describe { get; }

    /// <inheritdoc/>
    public RuleOutcome Evaluate(DockerfileFacts facts, CancellationToken cancellationToken)
    {
        if (Inapplicable(facts) is { } reason)
        {
            return RuleOutcome.Skip(reason);
        }

        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        List<RuleFinding> findings = [];
        foreach (RuleFinding finding in Find(facts))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string key = finding.Key.Length > 0 ? finding.Key : finding.Message;
            int count = seen[key] = seen.GetValueOrDefault(key) + 1;
            findings.Add(finding with { Path = facts.Name, Key = count == 1 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}:{count}") });
        }

        return RuleOutcome.Of(findings, "Nothing in the Dockerfile breaks it.", Failed);
    }

    /// <summary>Why the rule cannot judge this file; null where it can.</summary>
    protected virtual string? Inapplicable(DockerfileFacts facts) => null;

    /// <summary>What breaks the rule.</summary>
    protected abstract IEnumerable<RuleFinding> Find(DockerfileFacts facts);

    /// <summary>A finding at a line.</summary>
    protected static RuleFinding At(int line, string message, Severity? severity = null, string key = "") => new("", message, severity, key) { Line = line };

    /// <summary>A finding at an instruction.</summary>
    protected static RuleFinding At(DockerfileInstruction instruction, string message, Severity? severity = null, string key = "") => At(instruction.Line, message, severity, key);

    private static string Failed(IReadOnlyList<RuleFinding> failing) => failing.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"Line {failing[0].Line}: {failing[0].Message}")
        : string.Create(CultureInfo.InvariantCulture, $"{failing.Count} places, the first at line {failing[0].Line}: {failing[0].Message}");
}
