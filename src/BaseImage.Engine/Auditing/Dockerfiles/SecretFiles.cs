namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>Names of files that hold secrets.</summary>
internal static class SecretFiles
{
    private static readonly HashSet<string> Keys = new(["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", ".git-credentials", ".netrc", "_netrc", ".pgpass", ".pypirc", ".htpasswd", "kubeconfig", "credentials.json", ".vault-token", ".s3cfg", ".my.cnf", "shadow", "terraform.tfstate"], StringComparer.OrdinalIgnoreCase);

    // These often hold no secret, or a public half.
    private static readonly HashSet<string> Perhaps = new([".npmrc", ".yarnrc", ".yarnrc.yml", ".env", ".dockercfg", "nuget.config", "settings.xml", "pip.conf", ".env.local", ".env.production"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Folders = [".ssh", ".aws", ".gnupg", ".kube", ".azure", ".docker"];

    /// <summary>How bad it is to copy a file of this name; null for not at all.</summary>
    public static Severity? Judge(string path)
    {
        string[] parts = path.TrimEnd('/').Split('/', '\\');
        string name = parts[^1];
        if (name.EndsWith(".pub", StringComparison.OrdinalIgnoreCase) || name.Contains("example", StringComparison.OrdinalIgnoreCase) || name.Contains("sample", StringComparison.OrdinalIgnoreCase) || name.Contains("template", StringComparison.OrdinalIgnoreCase) || name is "known_hosts" or "authorized_keys")
        {
            return null;
        }

        return Keys.Contains(name) || parts.Any(part => Folders.Contains(part, StringComparer.OrdinalIgnoreCase)) || name.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".p12", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".ppk", StringComparison.OrdinalIgnoreCase)
            || (name.EndsWith(".pem", StringComparison.OrdinalIgnoreCase) && (name.Contains("key", StringComparison.OrdinalIgnoreCase) || name.Contains("priv", StringComparison.OrdinalIgnoreCase))) ? Severity.High
            : Perhaps.Contains(name) || (name.EndsWith(".key", StringComparison.OrdinalIgnoreCase) && !name.Contains("pub", StringComparison.OrdinalIgnoreCase)) || name.EndsWith(".jks", StringComparison.OrdinalIgnoreCase) ? Severity.Medium : null;
    }
}
