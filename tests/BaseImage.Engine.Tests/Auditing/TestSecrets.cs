using System.Text;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>Keys and tokens of every known form, made up by a seed, so that no file of this project holds one.</summary>
internal static class TestSecrets
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Form, text around the secret with {0} in its place, and the secret.</summary>
    public static IReadOnlyList<(string Kind, string Text, string Secret)> All(int seed = 7)
    {
        Random random = new(seed);
        string Of(int length, string alphabet = Letters) => new([.. Enumerable.Range(0, length).Select(_ => alphabet[random.Next(alphabet.Length)])]);
        string Upper(int length) => Of(length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        string Url(string text) => Base64(text).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        string Pem() => string.Join('\n', Enumerable.Range(0, 12).Select(_ => Of(64)));
        return
        [
            .. new[] { "RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED ", "DSA " }.Select(label => ("private key (PEM)", $"-----BEGIN {label}PRIVATE KEY-----\n{{0}}\n-----END {label}PRIVATE KEY-----\n", Pem())),
            ("private key (PEM)", "key = \"-----BEGIN PRIVATE KEY-----\\n{0}\\n-----END PRIVATE KEY-----\"", Of(64) + "\\n" + Of(64)),
            ("private key (PEM)", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{0}\n-----END PGP PRIVATE KEY BLOCK-----", Pem()),
            ("AWS access key id", "id: {0} ", "AKIA" + Upper(16)),
            ("AWS access key with its secret", $"[default]\naws_access_key = AKIA{Upper(16)}\nsecret = {{0}}\n", Of(38) + "aZ"),
            ("AWS secret access key", "aws_secret_access_key = {0}\n", Of(40)),
            ("GitHub token", "token {0}", "ghp_" + Of(36)),
            ("GitHub token", "url https://{0}@host", "ghs_" + Of(36)),
            ("GitHub token", "{0}", "github_pat_" + Of(22) + "_" + Of(59)),
            ("GitLab token", "X={0};", "glpat-" + Of(20)),
            ("Slack token", "{0}", "xoxb-" + Of(11, "0123456789") + "-" + Of(24)),
            ("Slack webhook", "https://hooks.slack.com/services/{0}", $"T{Upper(8)}/B{Upper(8)}/{Of(24)}"),
            ("Google API key", "key={0}&x", "AIza" + Of(35)),
            ("JSON web token", "Bearer {0}", $"{Url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")}.{Url("{\"sub\":\"" + Of(20) + "\",\"admin\":true}")}.{Of(43)}"),
            ("npm token", "//registry/:_authToken={0}\n", Of(36)),
            ("npm token", "{0}", "npm_" + Of(36)),
            ("PyPI token", "{0}", "pypi-AgE" + Of(120)),
            ("registry credentials (Docker config)", "{{\"auths\":{{\"r\":{{\"auth\": \"{0}\"}}}}}}".Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal), Base64("user:" + Of(20))),
            ("private key (kubeconfig)", "    client-key-data: {0}\n", Base64(Of(120))),
            ("Stripe key", "{0}", "sk_live_" + Of(24)),
            ("SendGrid key", "{0} ", "SG." + Of(22) + "." + Of(43)),
            ("Vault token", "{0}", "hvs." + Of(95)),
            ("DigitalOcean token", "{0}", "dop_v1_" + Of(64, "0123456789abcdef")),
            ("Azure storage key", "AccountName=x;AccountKey={0};", Of(86) + "=="),
            ("age private key", "{0}\n", "AGE-SECRET-KEY-1" + Of(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")),
            ("password in a URL", "postgres://app:{0}@db.internal/app", Of(16) + "7"),
        ];
    }
}
