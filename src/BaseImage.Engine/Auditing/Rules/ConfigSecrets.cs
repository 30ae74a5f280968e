using System.Globalization;
using BaseImage.Engine.Auditing.Secrets;

namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI1002: the configuration and the history give no secret away.</summary>
internal sealed class ConfigSecrets : IAuditRule
{
    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI1002",
        Title = "No keys or tokens in the configuration",
        Severity = Severity.Critical,
        Category = "Secrets",
        Rationale = "Environment variables, labels, commands and the history can be read by everybody who can pull the image, and build arguments end up in the history. "
            + "Keys and tokens are known by their issuers' formats; a variable whose name says password, secret, token or key is judged by its value as well: "
            + "a long and varied one is a secret, a short one a default password (Medium); references to files and other variables, switches and numbers are neither. "
            + "No output ever shows a secret: only its form and its length.",
        Remediation = "Revoke the secret, it is published; give it to the container at run time (a mounted secret, never a variable), and to the build as a build secret.",
        References = ["CIS Docker Benchmark 4.10", "NIST SP 800-190 4.1.4"],
        Equivalent = ["dockle:CIS-DI-0010", "cis-docker:4.10"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => false;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        ImageConfig config = facts.Config;
        List<RuleFinding> findings = [];
        foreach (string variable in config.Env)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            (string name, string value) = equals < 0 ? (variable, "") : (variable[..equals], variable[(equals + 1)..]);
            Add(findings, $"the variable {name}", $"env:{name}", ByForm(value).DefaultIfEmpty(NamedSecrets.Judge(name, value)));
        }

        foreach ((string name, string value) in config.Labels)
        {
            Add(findings, $"the label {name}", $"label:{name}", ByForm(value));
        }

        foreach ((string what, IReadOnlyList<string>? arguments) in new[] { ("entrypoint", config.Entrypoint), ("cmd", config.Cmd), ("healthcheck", config.Healthcheck?.Test) })
        {
            string text = string.Join(' ', arguments ?? []);
            Add(findings, $"the {what}", what, ByForm(text).Concat(ByName(text)));
        }

        for (int step = 0; step < facts.History.Count; step++)
        {
            string text = facts.History[step].CreatedBy + "\n" + facts.History[step].Comment;
            string number = (step + 1).ToString(CultureInfo.InvariantCulture);
            Add(findings, $"step {number} of the history", $"history:{number}", ByForm(text).Concat(ByName(text)));
        }

        return RuleOutcome.Of(
            findings,
            "Neither configuration nor history holds a key or token of a known form.",
            failing => Words.Count(failing.Count, "key, token or password lies open in the configuration", "keys, tokens or passwords lie open in the configuration"));
    }

    private static IEnumerable<SecretHit?> ByForm(string text)
        => SecretScanner.Find(text).Select(hit => new SecretHit(hit.Pattern.Kind, SecretText.Mask(text.AsSpan(hit.Secret), hit.Pattern.Shown), 0, hit.Pattern.Severity));

    private static IEnumerable<SecretHit?> ByName(string text)
        => NamedSecrets.Assignments(text).Where(pair => !SecretScanner.Find(pair.Value).Any()).Select(pair => NamedSecrets.Judge(pair.Name, pair.Value));

    private static void Add(List<RuleFinding> findings, string where, string key, IEnumerable<SecretHit?> hits)
        => findings.AddRange(hits.OfType<SecretHit>().Distinct().Select((hit, i) => new RuleFinding(
            "", $"{where} holds a {hit.Kind}: {hit.Masked}", hit.Severity, i == 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}:{i + 1}"))));
}
