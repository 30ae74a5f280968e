using System.Diagnostics;
using System.Text;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing;

/// <summary>Judges by rules of the caller's own: policies and suppressions hold for them as for the catalogue's.</summary>
internal static class CustomRules
{
    // What a rule says of an image is for people to read.
    private const int MaximumFindings = 10_000;

    /// <summary>The rules that a request chooses, in order of ids.</summary>
    public static IReadOnlyList<CustomRule> Chosen(AuditRequest request)
    {
        CustomRuleId.Check(request.CustomRules.Select(own => own.Rule));
        return [.. request.CustomRules
            .Where(own => RuleCatalogue.IsChosen(own.Rule.Id, request.Rules, request.ExcludedRules))
            .OrderBy(own => own.Rule.Id, StringComparer.Ordinal)];
    }

    /// <summary>The row of one rule; what the rule throws makes it an Error, never a Pass.</summary>
    public static async Task<AuditResult> EvaluateAsync(CustomRule own, ImageFacts facts, AuditPolicy policy, ResultBuilder builder, CancellationToken cancellationToken)
    {
        AuditRule rule = own.Rule;
        if (policy.Disabled.TryGetValue(rule.Id, out string? reason))
        {
            return builder.TurnedOff(rule, facts, reason);
        }

        bool needsFiles = rule.Check?.NeedsFiles ?? true;
        if (needsFiles && facts.Files is null)
        {
            return builder.NotApplicable(rule, facts, $"The rule looks at files, which is not done for this platform (os={facts.Platform.Os}).");
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            AuditedImage image = Describe(facts, needsFiles);
            IReadOnlyList<CustomFinding> found = await own.EvaluateAsync(image, cancellationToken).ConfigureAwait(false);
            return image.Failure is { } missing
                ? builder.Broken(rule, facts, missing, Stopwatch.GetElapsedTime(start))
                : builder.Of(rule, facts, Outcome(found), Stopwatch.GetElapsedTime(start));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return builder.Broken(rule, facts, e, Stopwatch.GetElapsedTime(start));
        }
    }

    private static RuleOutcome Outcome(IReadOnlyList<CustomFinding> found)
    {
        if (found.Count > MaximumFindings)
        {
            throw new InvalidDataException($"The rule returned {found.Count} findings, more than the {MaximumFindings} that it may.");
        }

        // Its own words tell a finding from others at the same path; there is no key beside them. One that has its path to
        // itself is told by that, and so stays the same when its words change.
        Dictionary<string, int> atPath = found.GroupBy(finding => finding.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Dictionary<(string, string), int> seen = [];
        RuleFinding[] findings = [.. found.Select(finding => new RuleFinding(finding.Path, finding.Message, finding.Severity, Key(finding, atPath, seen)) { Line = finding.Line })];
        return RuleOutcome.Of(findings, "Nothing was found.", failing => failing.Count == 1 ? failing[0].Message : Words.Count(failing.Count, "finding", "findings"));
    }

    private static string Key(CustomFinding finding, Dictionary<string, int> atPath, Dictionary<(string, string), int> seen)
    {
        if (finding.Path.Length > 0 && atPath[finding.Path] == 1)
        {
            return "";
        }

        // The same words again, on another line for instance: counted, since lines move.
        int again = seen[(finding.Path, finding.Message)] = seen.GetValueOrDefault((finding.Path, finding.Message)) + 1;
        return again == 1 ? finding.Message : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{finding.Message}\0{again}");
    }

    private static AuditedImage Describe(ImageFacts facts, bool needsFiles)
    {
        FileFacts Files() => needsFiles && facts.Files is { } files ? files
            : throw new InvalidOperationException("The rule says that it looks at the configuration alone, and then asks for files or packages: make it without -ConfigurationOnly.");
        return new AuditedImage(() => [.. Files().All.Select(file => file with { Image = facts.Image, Platform = facts.Platform })], () => Files().ListPackages(), path => Files().Read(path) is { Length: > 0 } content ? Encoding.UTF8.GetString(content.Span) : null)
        {
            Reference = facts.Image,
            Name = facts.Name,
            Platform = facts.Platform,
            Digest = facts.Digest,
            Created = facts.Created,
            Config = facts.Config,
            History = facts.History,
        };
    }
}
