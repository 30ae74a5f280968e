namespace BaseImage.Engine.Auditing.Rules.Secrets;

/// <summary>BI2039: no key stores and files that exist to hold secrets.</summary>
internal sealed class KeyStores : ListingRule
{
    private static readonly HashSet<string> Names = new([".htpasswd", ".vault-token", ".vault_pass", ".vault_pass.txt", "secring.gpg", "credentials.xml", "password.txt", "passwords.txt", "terraform.tfstate", "terraform.tfstate.backup", ".ovpn", "id_rsa.ppk", "wallet.dat", ".pgpass.conf", "keytab", "krb5.keytab"], StringComparer.OrdinalIgnoreCase);
    private static readonly string[] Endings = [".tfstate", ".ovpn", ".kdbx", ".kdb", ".psafe3", ".agilekeychain", ".keychain", ".ppk", ".bek", ".tpm", ".fve", ".rdp", ".cscfg", ".keytab", ".pcap", ".private_key"];
    private static readonly string[] Stores = [".p12", ".pfx", ".jks", ".keystore", ".bcfks"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2039",
        Title = "No key stores and files of secrets",
        Severity = Severity.Medium,
        Category = "Secrets",
        Rationale = "Key stores (PKCS #12, Java, KeePass), Terraform's state, VPN profiles and files of password hashes exist to hold secrets; a pass phrase "
            + "only delays whoever can pull the image and guess at leisure. They are told by their content or, where that says nothing, by their name. "
            + "Java's trusted certificates are no secret.",
        Remediation = "Mount the file at run time, revoke what it holds, and remove it from the step that adds it.",
        References = ["NIST SP 800-190 4.1.4", "CIS Docker Benchmark 4.10"],
        Equivalent = ["dockle:CIS-DI-0010", "cis-docker:4.10"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There are no key stores and files of secrets.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file of secrets is there", "files of secrets are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (ImageFile file in facts.Files!.Where(static (files, file) => FileText.IsRegular(file) && file.Size > 0 && file.Package.Length == 0 && What(files, file) is not null))
        {
            bool isTest = FileText.IsForTests(file.Path) || FileText.IsShippedFolder(file.Path);
            yield return new RuleFinding(file.Path, $"is {What(facts.Files, file)} ({Words.Size(file.Size)})", isTest ? Severity.Info : null);
        }
    }

    private static string? What(FileFacts files, ImageFile file)
    {
        string name = FileText.Name(file);
        bool isTrust = name is "cacerts" or "jssecacerts" || name.Contains("truststore", StringComparison.OrdinalIgnoreCase);
        return files.Mark(file) switch
        {
            Contents.ContentMark.Pkcs12 when !isTrust => "a key store (PKCS #12)",
            Contents.ContentMark.JavaKeyStore when !isTrust => "a key store (Java)",
            Contents.ContentMark.KeePass => "a data base of passwords (KeePass)",
            _ when !isTrust && Array.Exists(Stores, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) => "a key store",
            _ when Names.Contains(name) || Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) => "made to hold secrets",
            _ => null,
        };
    }
}
