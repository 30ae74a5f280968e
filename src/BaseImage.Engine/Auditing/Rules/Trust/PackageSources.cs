namespace BaseImage.Engine.Auditing.Rules.Trust;

/// <summary>BI2040: no package manager is told to trust what is not signed.</summary>
internal sealed class PackageSources : ListingRule
{
    private static readonly string[] Lax = ["ALLOWUNAUTHENTICATED", "ALLOWINSECUREREPOSITORIES", "ALLOWWEAKREPOSITORIES", "ALLOWDOWNGRADETOINSECUREREPOSITORIES"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2040",
        Title = "Package managers verify what they fetch",
        Severity = Severity.High,
        Category = "Files",
        Rationale = "[trusted=yes], AllowUnauthenticated, gpgcheck=0 and their like take packages from whoever answers, and packages are installed as root. It "
            + "holds for every image that is built on this one.",
        Remediation = "Add the repository's key (signed-by=, gpgkey=) and remove the option.",
        References = ["apt-secure(8)", "CIS Docker Benchmark 4.11", "CWE-347"],
        Equivalent = ["cis-docker:4.11"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Package managers verify what they fetch.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("setting lets packages be fetched unverified", "settings let packages be fetched unverified");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && file.Path.StartsWith("/etc/", StringComparison.Ordinal)).SelectMany(file => Lines(facts.Files, file.Path).Take(1).Select(line => new RuleFinding(file.Path, $"says: {line.Text}") { Line = line.Number }));

    private static IEnumerable<(int Number, string Text)> Lines(FileFacts files, string path)
    {
        if (path == "/etc/apt/sources.list" || FileText.IsBelow(path, "/etc/apt/sources.list.d"))
        {
            return FileText.Lines(files, path).Where(line => IsTrusting(line.Text));
        }

        if (path == "/etc/apt/apt.conf" || FileText.IsBelow(path, "/etc/apt/apt.conf.d"))
        {
            return FileText.Lines(files, path, "#/*").Where(line => IsLax(line.Text));
        }

        return path is "/etc/yum.conf" or "/etc/dnf/dnf.conf" || FileText.IsBelow(path, "/etc/yum.repos.d") || FileText.IsBelow(path, "/etc/zypp/repos.d")
            ? FileText.Lines(files, path, "#;").Where(line => line.Text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant() is "GPGCHECK=0" or "GPGCHECK=FALSE" or "GPGCHECK=OFF" or "GPGCHECK=NO" or "SSLVERIFY=0" or "SSLVERIFY=FALSE")
            : [];
    }

    private static bool IsTrusting(string line)
    {
        string text = line.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        int open = text.IndexOf('[', StringComparison.Ordinal), close = text.IndexOf(']', StringComparison.Ordinal);
        string options = text.StartsWith("DEB", StringComparison.Ordinal) && open > 0 && close > open ? text[open..close] : "";
        return options.Contains("TRUSTED=YES", StringComparison.Ordinal) || options.Contains("ALLOW-INSECURE=YES", StringComparison.Ordinal) || text is "TRUSTED:YES" or "TRUSTED:TRUE" or "ALLOW-INSECURE:YES" or "ALLOW-WEAK:YES";
    }

    private static bool IsLax(string line)
    {
        string[] words = line.TrimEnd(';').Split((char[])[' ', '\t', '"', '{'], StringSplitOptions.RemoveEmptyEntries);
        string name = words[0].ToUpperInvariant(), value = words.Length > 1 ? words[^1].ToUpperInvariant() : "";
        return Lax.Any(lax => name.EndsWith(lax, StringComparison.Ordinal)) ? value is "TRUE" or "1" or "YES" or "ON"
            : (name.EndsWith("::VERIFY-PEER", StringComparison.Ordinal) || name.EndsWith("::VERIFY-HOST", StringComparison.Ordinal)) && value is ("FALSE" or "0" or "NO");
    }
}
