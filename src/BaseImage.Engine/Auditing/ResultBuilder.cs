using System.Globalization;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing;

/// <summary>Makes rows of outcomes: the policy has its say, and everything from the image is made fit to be put out.</summary>
internal sealed class ResultBuilder(AuditPolicy policy, TimeProvider time)
{
    private const int EvidenceCount = 5;

    private readonly HashSet<Suppression> _used = [];
    private (string Image, string Safe) _image = ("", "");

    /// <summary>Takes down which of the policy's suppressions matched something in the rows of one image.</summary>
    public void NoteUse(SuppressionUse uses, IAuditSubject facts, IReadOnlyList<AuditResult> rows)
    {
        foreach (Suppression suppression in policy.Suppressions.Where(s => !s.IsExpired(time.GetUtcNow()) && s.CoversImage(facts.Name, facts.Image)))
        {
            // A fingerprint alone does not say of which image it is.
            bool isOfImage = suppression.Fingerprint is null || suppression.Image != "*";
            if (isOfImage && rows.Any(row => row.Status is not (AuditStatus.Skipped or AuditStatus.Error) && Wildcard.IsMatch(suppression.Rule, row.RuleId)))
            {
                uses.Note($"{SafeText.Of(suppression.Place)} ({SafeText.Of(suppression.Describe())})", _used.Contains(suppression));
            }
        }
    }

    /// <summary>The row of a rule that was evaluated, or said why not.</summary>
    public AuditResult Of(AuditRule rule, IAuditSubject facts, RuleOutcome outcome, TimeSpan duration)
    {
        AuditResult row = Row(rule, facts, AuditStatus.Pass, outcome.Message) with { Duration = duration };
        if (outcome.IsSkipped)
        {
            return row with { Status = AuditStatus.Skipped };
        }

        List<AuditFinding> failing = [], accepted = [], notes = [];
        List<string> acceptances = [], expired = [];
        foreach (RuleFinding finding in outcome.Findings)
        {
            AuditFinding made = Finding(rule, row.Severity, facts, finding);
            if (finding.IsNote)
            {
                notes.Add(made);
                continue;
            }

            if (finding.Accepted is { } inline)
            {
                acceptances.Add(SafeText.Of(inline));
                accepted.Add(made with { Message = $"{made.Message} ({acceptances[^1]})", Accepted = acceptances[^1] });
                continue;
            }

            Suppression[] speaking = [.. policy.Suppressions.Where(s => s.Covers(rule.Id, facts.Name, facts.Image, finding.Path, made.Fingerprint))];
            if (speaking.FirstOrDefault(s => !s.IsExpired(time.GetUtcNow())) is { } holding)
            {
                _used.Add(holding);
                string acceptance = $"accepted until {Day(holding)} by {SafeText.Of(holding.Owner)}: {SafeText.Of(holding.Reason)}";
                acceptances.Add(acceptance);
                accepted.Add(made with { Message = $"{made.Message} ({acceptance})", Accepted = acceptance });
            }
            else
            {
                failing.Add(made);
                expired.AddRange(speaking.Select(s => $"a suppression by {SafeText.Of(s.Owner)} expired on {Day(s)}"));
            }
        }

        return row with
        {
            Status = failing.Count > 0 ? AuditStatus.Fail : accepted.Count > 0 ? AuditStatus.Suppressed : AuditStatus.Pass,
            Severity = failing.Count > 0 ? failing.Max(finding => finding.Severity) : row.Severity,
            Message = Message(row.Message, failing.Count, accepted.Count, acceptances, expired),
            Findings = [.. failing, .. accepted, .. notes],
            Evidence = [.. failing.Concat(accepted).Concat(notes).Take(EvidenceCount).Select(finding => finding.ToString())],
        };
    }

    /// <summary>The row of a rule that the policy turned off.</summary>
    public AuditResult TurnedOff(AuditRule rule, IAuditSubject facts, string reason)
        => Row(rule, facts, AuditStatus.Skipped, $"The policy turns the rule off: {reason}");

    /// <summary>The row of a rule that this image gives no facts for.</summary>
    public AuditResult NotApplicable(AuditRule rule, IAuditSubject facts, string reason) => Row(rule, facts, AuditStatus.Skipped, reason);

    /// <summary>The row of a rule that broke.</summary>
    public AuditResult Broken(AuditRule rule, IAuditSubject facts, Exception error, TimeSpan duration)
        => Row(rule, facts, AuditStatus.Error, $"The rule could not be evaluated: {error.Message}") with { Duration = duration, Evidence = [SafeText.Of(error.GetType().Name)] };

    /// <summary>The row of an image, or a platform of it, that could not be read.</summary>
    public static AuditResult Unreadable(string reference, Platform? platform, Digest digest, Exception error)
    {
        AuditRule rule = ReadableImage.Rule;
        BaseImageException? known = error as BaseImageException;
        return new AuditResult
        {
            RuleId = rule.Id,
            Title = rule.Title,
            Severity = rule.Severity,
            Category = rule.Category,
            Status = AuditStatus.Error,
            Image = SafeText.Of(reference),
            Platform = platform,
            Digest = digest,
            Message = SafeText.Of(error.Message),
            Evidence = [SafeText.Of(known?.ErrorId ?? error.GetType().Name)],
            Remediation = SafeText.Of(known?.RecommendedAction ?? rule.Remediation),
        };
    }

    // Every row and finding names the image, and there are thousands.
    private string Image(IAuditSubject facts)
    {
        if (_image.Image != facts.Image)
        {
            _image = (facts.Image, SafeText.Of(facts.Image));
        }

        return _image.Safe;
    }

    private AuditResult Row(AuditRule rule, IAuditSubject facts, AuditStatus status, string message) => new()
    {
        RuleId = rule.Id,
        Title = rule.Title,
        Severity = policy.Severities.TryGetValue(rule.Id, out Severity severity) ? severity : rule.Severity,
        Category = rule.Category,
        Status = status,
        Image = Image(facts),
        Platform = facts.Platform,
        Digest = facts.Digest,
        Message = SafeText.Of(message),
        Remediation = rule.Remediation,
        Equivalent = rule.Equivalent,
    };

    // A place that matters less than its rule stays below it when the policy moves the rule.
    private AuditFinding Finding(AuditRule rule, Severity severity, IAuditSubject facts, RuleFinding finding) => new()
    {
        RuleId = rule.Id,
        Severity = finding.Severity is { } less && less < severity ? less : severity,
        Image = Image(facts),
        Path = finding.SafePath ?? SafeText.Of(finding.Path),
        Line = finding.Line,
        Message = finding.SafeMessage ?? SafeText.Of(finding.Message),
        Fingerprint = Fingerprint.Of(rule.Id, facts.Name, finding.Path, finding.Key),
    };

    private static string Message(string message, int failing, int accepted, List<string> acceptances, List<string> expired)
    {
        string text = message;
        if (accepted > 0)
        {
            string who = string.Join("; ", acceptances.Distinct(StringComparer.Ordinal).Take(EvidenceCount));
            text += string.Create(CultureInfo.InvariantCulture, $" {accepted} suppressed ({who}){(failing > 0 ? $", {failing} left" : "")}.");
        }

        if (expired.Count > 0)
        {
            text += $" No longer suppressed: {string.Join("; ", expired.Distinct(StringComparer.Ordinal).Take(EvidenceCount))}.";
        }

        return text;
    }

    private static string Day(Suppression suppression) => suppression.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
