namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2013: no account has a password.</summary>
internal sealed class PasswordHashes : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2013",
        Title = "No password is in the image",
        Severity = Severity.High,
        Category = "Accounts",
        Rationale = "A hash in the image is everybody's to guess, at leisure, and the password is the same in every container. Methods of long ago (DES, MD5) "
            + "fall in hours and are High; others are Medium. No output shows a hash.",
        Remediation = "Lock the account (passwd -l NAME); let whoever must get in come by the platform (exec, ephemeral containers).",
        References = ["NIST SP 800-190 4.1.4", "crypt(5)", "CIS Distribution Independent Linux Benchmark 5.3.4"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No account has a password.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("account has a password", "accounts have passwords");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (string path in new[] { "/etc/shadow", "/etc/passwd", "/etc/shadow-", "/etc/gshadow" })
        {
            foreach ((int number, string text) in FileText.Lines(facts.Files!, path, "#+-"))
            {
                string[] fields = text.Split(':');
                string hash = fields.Length > 1 ? fields[1] : "";

                // A lock before the hash, '!', can be opened again, but nobody gets in as it is.
                if (hash.Length > 2 && hash[0] is not ('!' or '*') && hash is not ("NP" or "LK" or "x"))
                {
                    bool isWeak = hash[0] is not '$' || hash.StartsWith("$1$", StringComparison.Ordinal) || hash.StartsWith("$3$", StringComparison.Ordinal) || hash.StartsWith("$md5", StringComparison.Ordinal);
                    yield return new RuleFinding(path, $"has a password of '{fields[0]}', hashed {(isWeak ? "in a way of long ago" : "as a modern system does")}", isWeak ? null : Severity.Medium, "account:" + fields[0]) { Line = number };
                }
            }
        }
    }
}
