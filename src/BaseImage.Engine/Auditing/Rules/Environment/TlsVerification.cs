namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1023: no variable turns the verification of certificates off.</summary>
internal sealed class TlsVerification : ListingRule
{
    private static readonly Dictionary<string, Func<string, bool>> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["NODE_TLS_REJECT_UNAUTHORIZED"] = value => value.Trim() == "0",
        ["PYTHONHTTPSVERIFY"] = Variables.IsOff,
        ["GIT_SSL_NO_VERIFY"] = value => value.Length > 0 && !Variables.IsOff(value),
        ["NPM_CONFIG_STRICT_SSL"] = Variables.IsOff,
        ["YARN_STRICT_SSL"] = Variables.IsOff,
        ["YARN_ENABLE_STRICT_SSL"] = Variables.IsOff,
        ["PIP_TRUSTED_HOST"] = value => value.Length > 0,
        ["UV_INSECURE_HOST"] = value => value.Length > 0,
        ["CURL_CA_BUNDLE"] = value => value.Length == 0,
        ["REQUESTS_CA_BUNDLE"] = value => value.Length == 0,
        ["CONDA_SSL_VERIFY"] = Variables.IsOff,
        ["VAULT_SKIP_VERIFY"] = Variables.IsOn,
        ["CONSUL_HTTP_SSL_VERIFY"] = Variables.IsOff,
        ["NOMAD_SKIP_VERIFY"] = Variables.IsOn,
        ["GOINSECURE"] = value => value.Length > 0,
        ["GONOSUMCHECK"] = Variables.IsOn,
        ["GONOSUMDB"] = value => value.Trim() == "*",
        ["ETCDCTL_INSECURE_SKIP_TLS_VERIFY"] = Variables.IsOn,
        ["ARGOCD_INSECURE"] = Variables.IsOn,
        ["MAVEN_OPTS"] = IsLaxJava,
        ["JAVA_TOOL_OPTIONS"] = IsLaxJava,
        ["JAVA_OPTS"] = IsLaxJava,
        ["BUNDLE_SSL_VERIFY_MODE"] = value => value.Trim() == "0",
        ["HELM_KUBEINSECURE_SKIP_TLS_VERIFY"] = Variables.IsOn,
        ["ANSIBLE_HOST_KEY_CHECKING"] = Variables.IsOff,
        ["COMPOSER_DISABLE_TLS"] = Variables.IsOn,
        ["PGSSLMODE"] = value => value.Trim() == "disable",
    };

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1023",
        Title = "TLS certificates are verified",
        Severity = Severity.High,
        Category = "Environment",
        Rationale = "NODE_TLS_REJECT_UNAUTHORIZED=0, PYTHONHTTPSVERIFY=0, GIT_SSL_NO_VERIFY and their like make every connection believe whoever answers: "
            + "passwords and code go to, and come from, anybody on the way. It is mostly set for one download while building, and then holds for ever.",
        Remediation = "Add the missing authority to the trust store (a Files entry, update-ca-certificates, SSL_CERT_FILE), and remove the variable.",
        References = ["NIST SP 800-52 3.5", "CWE-295"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No variable turns the verification of certificates off.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("variable turns the verification of certificates off", "variables turn the verification of certificates off");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (name, value) => Switches.TryGetValue(name, out Func<string, bool>? isOff) && isOff(value)).Select(pair => new RuleFinding(
            "", $"{pair.Key} turns the verification of certificates off.", pair.Key.ToUpperInvariant() is "ANSIBLE_HOST_KEY_CHECKING" or "PGSSLMODE" or "GOINSECURE" or "PIP_TRUSTED_HOST" or "UV_INSECURE_HOST" ? Severity.Medium : null, "env:" + pair.Key));

    private static bool IsLaxJava(string value)
        => value.Contains("-Dmaven.wagon.http.ssl.insecure=true", StringComparison.Ordinal) || value.Contains("-Dcom.sun.net.ssl.checkRevocation=false", StringComparison.Ordinal) || value.Contains("-Dtrust_all_cert=true", StringComparison.Ordinal);
}
