using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>Audits Dockerfiles: facts once a file, then every rule over them.</summary>
internal sealed class DockerfileAuditor(RuleCatalogue catalogue, PolicyReader policies, TimeProvider time) : IAuditDockerfile
{
    private const int EvidenceCount = 5;

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuditResult> AuditAsync(DockerfileAuditRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What the caller asked for is judged before any file is: a mistake there must not look like a file's.
        IReadOnlyList<IDockerfileRule> rules = catalogue.SelectOnDockerfiles(request.Rules, request.ExcludedRules);
        AuditPolicy policy = (await policies.ReadAsync(request.PolicyPath, cancellationToken).ConfigureAwait(false)).For(request.Name, request.Path);
        (Dockerfile? file, AuditResult? failure) = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            yield return failure;
        }

        if (file is null)
        {
            yield break;
        }

        foreach (AuditResult row in Judge(DockerfileFacts.Of(file, request.Path, request.Name, policy.Limits.AllowedBases, policy.Limits.RequiredLabels), rules, policy, cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>The rows of a parsed file.</summary>
    public IEnumerable<AuditResult> Judge(DockerfileFacts facts, IReadOnlyList<IDockerfileRule> rules, AuditPolicy policy, CancellationToken cancellationToken)
    {
        ResultBuilder builder = new(policy, time);
        foreach (IDockerfileRule rule in rules)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Evaluate(rule, facts, policy, builder, cancellationToken);
        }
    }

    private static AuditResult Evaluate(IDockerfileRule rule, DockerfileFacts facts, AuditPolicy policy, ResultBuilder builder, CancellationToken cancellationToken)
    {
        AuditRule description = rule.Describe;
        if (policy.Disabled.TryGetValue(description.Id, out string? reason))
        {
            return builder.TurnedOff(description, facts, reason);
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            RuleOutcome outcome = rule.Evaluate(facts, cancellationToken);
            Severity severity = policy.Severities.TryGetValue(description.Id, out Severity chosen) ? chosen : description.Severity;
            outcome = outcome.Map(finding => Accept(description, facts, severity, finding));
            AuditResult row = builder.Of(description, facts, outcome, Stopwatch.GetElapsedTime(start));
            row = row with { Evidence = [.. row.Findings.Take(EvidenceCount).Select(Said)] };
            return row.Status == AuditStatus.Pass && facts.File.Problems.Count > 0
                ? row with { Status = AuditStatus.Skipped, Message = "The Dockerfile has mistakes (BI6000); what could be parsed does not break the rule." }
                : row;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A rule's mistake is the rule's row; the other rules still count.
            return builder.Broken(description, facts, e, Stopwatch.GetElapsedTime(start));
        }
    }

    // A rule of severity Info takes notes, unless the policy makes more of it.
    private static RuleFinding Accept(AuditRule rule, DockerfileFacts facts, Severity severity, RuleFinding finding)
        => finding with
        {
            Severity = finding.Severity ?? (severity == Severity.Info ? Severity.Info : null),
            Accepted = facts.Ignores.FirstOrDefault(ignore => ignore.Covers(rule, finding.Line))?.Says,
        };

    private static string Said(AuditFinding finding) => finding.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {finding.Line}: {finding.Message}") : finding.Message;

    private static async Task<(Dockerfile? File, AuditResult? Failure)> ReadAsync(DockerfileAuditRequest request, CancellationToken cancellationToken)
    {
        try
        {
            Dockerfile file = request.Content is not null ? DockerfileParser.Parse(Encoding.UTF8.GetBytes(request.Content)) : await DockerfileReader.ReadAsync(request.Path, cancellationToken).ConfigureAwait(false);
            DockerfileLimits.Check(file, request.Path);
            return (file, file.Problems.Count == 0 ? null : Mistakes(file, request));
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            return (null, Row(request, e.Message, (e as BaseImageException)?.ErrorId ?? e.GetType().Name, (e as BaseImageException)?.RecommendedAction));
        }
    }

    private static AuditResult Mistakes(Dockerfile file, DockerfileAuditRequest request)
    {
        AuditFinding[] findings = [.. file.Problems.Select(problem => new AuditFinding
        {
            RuleId = ReadableDockerfile.Rule.Id,
            Severity = ReadableDockerfile.Rule.Severity,
            Image = SafeText.Of(request.Path),
            Path = SafeText.Of(request.Name),
            Line = problem.Line,
            Message = SafeText.Of(string.Create(CultureInfo.InvariantCulture, $"Line {problem.Line}, column {problem.Column}: {problem.Message} {problem.Hint}")),
            Fingerprint = Fingerprint.Of(ReadableDockerfile.Rule.Id, request.Name, request.Name, problem.Message),
        })];
        string message = string.Create(CultureInfo.InvariantCulture, $"{findings[0].Message}{(findings.Length > 1 ? $" ({findings.Length} mistakes in all)" : "")}");
        return Row(request, message, "DockerfileInvalid", file.Problems[0].Hint) with { Findings = findings, Evidence = [.. findings.Take(EvidenceCount).Select(finding => finding.Message)] };
    }

    private static AuditResult Row(DockerfileAuditRequest request, string message, string evidence, string? remediation) => new()
    {
        RuleId = ReadableDockerfile.Rule.Id,
        Title = ReadableDockerfile.Rule.Title,
        Severity = ReadableDockerfile.Rule.Severity,
        Category = ReadableDockerfile.Rule.Category,
        Status = AuditStatus.Error,
        Image = SafeText.Of(request.Path),
        Message = SafeText.Of(message),
        Evidence = [SafeText.Of(evidence)],
        Remediation = SafeText.Of(remediation ?? ReadableDockerfile.Rule.Remediation),
        Equivalent = ReadableDockerfile.Rule.Equivalent,
    };
}
