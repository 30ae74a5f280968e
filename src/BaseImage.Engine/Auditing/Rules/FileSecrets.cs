using System.Globalization;
using BaseImage.Engine.Auditing.Secrets;

namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2006: no file of any layer holds a key or token.</summary>
internal sealed class FileSecrets : IAuditRule
{
    // Libraries ship keys to test themselves with; these are as public as the library.
    private static readonly string[] TestPlaces = ["/test/", "/tests/", "/testdata/", "/test-data/", "/__tests__/", "/certdata/", "/fixtures/", "/testing/", "/usr/share/doc/", "/examples/"];

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2006",
        Title = "No keys or tokens in files",
        Severity = Severity.Critical,
        Category = "Secrets",
        Rationale = "A private key or token in a layer is in the hands of everybody who can pull the image, also where a later layer deletes the file: every layer is searched. "
            + "Known by their formats are private keys (PEM, OpenSSH, PuTTY, age), tokens of cloud providers, code hosts, registries and package indexes, Docker and Kubernetes credentials, "
            + "netrc files and passwords in URLs; in .env files variables are judged by name as well. Certificates and public keys are not secrets. "
            + "Keys that lie where a library keeps its tests or documentation are notes. Searched are text files, the first 16 MiB of each; programs, archives and other files "
            + "with a zero byte in their first 8 KiB are not. No output ever shows a secret: only its form and its length.",
        Remediation = "Revoke the secret, it is published; remove it from the step that adds it (a later deletion does not help), and mount secrets at run time.",
        References = ["CIS Docker Benchmark 4.10", "NIST SP 800-190 4.1.4"],
        Equivalent = ["dockle:CIS-DI-0010", "cis-docker:4.10"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        FileFacts files = facts.Files!;
        RuleFinding[] findings = [.. files.Secrets
            .OrderBy(secret => secret.Path, StringComparer.Ordinal).ThenBy(secret => secret.Layer).ThenBy(secret => secret.Hit.Line)
            .GroupBy(secret => (secret.Path, secret.Layer, secret.Hit.Kind))
            .Select(group => Finding(files, group.Key.Path, [.. group]))];
        return RuleOutcome.Of(
            findings,
            "No layer holds a key or token of a known form.",
            failing => Words.Count(failing.Count, "file holds a key or token", "files hold keys or tokens"));
    }

    private static RuleFinding Finding(FileFacts files, string path, IReadOnlyList<FileSecret> secrets)
    {
        (SecretHit hit, int layer) = (secrets[0].Hit, secrets[0].Layer);
        string line = hit.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $" in line {hit.Line}") : "";
        string more = secrets.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {secrets.Count - 1} more") : "";
        string hidden = files.Find(path) is { } file && file.Layer == layer
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; a later layer hides the file, but layer {layer} still has it");
        bool isTest = TestPlaces.Any(place => path.Contains(place, StringComparison.Ordinal));
        return new RuleFinding(path, $"holds a {hit.Kind}{line}{more}: {hit.Masked}{hidden}", isTest ? Severity.Info : hit.Severity, hit.Kind) { Line = hit.Line };
    }
}
