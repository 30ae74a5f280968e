using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>The forms of keys and tokens that are known by sight. Sources: the issuers' own documentation of their formats.</summary>
internal static class SecretPatterns
{
    /// <summary>Every form.</summary>
    public static IReadOnlyList<SecretPattern> All { get; } =
    [
        // RFC 7468 and OpenSSH: a label and then Base64. Sixty characters of it tell a key from source code that names the label.
        new("private key (PEM)", "-----BEGIN ", @"-----BEGIN (?:[A-Z0-9]{1,16} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?<secret>(?:\\r|\\n|\s|(?:[A-Za-z][A-Za-z0-9-]*: ?[^\r\n\\]*))*[A-Za-z0-9+/=](?:\\r|\\n|\s|[A-Za-z0-9+/=]){59,})", accept: IsVaried, startsWord: false),
        new("private key (PuTTY)", "PuTTY-User-Key-File-", @"PuTTY-User-Key-File-[0-9]: [^\n]+\n(?:[^\n]*\n)*?Private-Lines: [0-9]+\r?\n(?<secret>[A-Za-z0-9+/=\r\n]{20,})"),
        new("AWS access key with its secret", "AKIA", @"AKIA[A-Z2-7]{16}[^A-Za-z0-9/+](?:[^\x00]*?[^A-Za-z0-9/+])?(?<secret>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|\z)", accept: IsAwsPair, reach: 400),
        new("AWS access key id", "AKIA", @"(?<secret>AKIA[A-Z2-7]{16})(?:[^A-Za-z0-9]|\z)", 4, BaseImage.Severity.Low, IsAwsId),
        new("AWS session key id", "ASIA", @"(?<secret>ASIA[A-Z2-7]{16})(?:[^A-Za-z0-9]|\z)", 4, BaseImage.Severity.Low, IsAwsId),
        new("AWS secret access key", "aws_secret_access_key", @"aws_secret_access_key[""']?\s{0,8}[=:]\s{0,8}[""']?(?<secret>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|\z)", accept: IsVaried, startsWord: false),
        new("AWS secret access key", "AWS_SECRET_ACCESS_KEY", @"AWS_SECRET_ACCESS_KEY[""']?\s{0,8}[=:]\s{0,8}[""']?(?<secret>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|\z)", accept: IsVaried, startsWord: false),
        .. new[] { "ghp_", "gho_", "ghu_", "ghs_", "ghr_" }.Select(prefix => new SecretPattern("GitHub token", prefix, $"(?<secret>{prefix}[A-Za-z0-9]{{36,}})", 4, accept: IsVaried)),
        new("GitHub token", "github_pat_", @"(?<secret>github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})", 11, accept: IsVaried),
        new("GitLab token", "glpat-", @"(?<secret>glpat-[A-Za-z0-9_-]{20,})", 6, accept: IsVaried),
        new("GitLab runner token", "glrt-", @"(?<secret>glrt-[A-Za-z0-9_-]{20,})", 5, accept: IsVaried),
        new("Slack token", "xox", @"(?<secret>xox[abeoprs]-[0-9]{6,}[A-Za-z0-9-]{10,})", 5, accept: IsVaried),
        new("Slack webhook", "hooks.slack.com/services/", @"hooks\.slack\.com/services/(?<secret>T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,30})", accept: IsVaried, startsWord: false),
        new("Google API key", "AIza", @"(?<secret>AIza[0-9A-Za-z_-]{35})(?:[^0-9A-Za-z_-]|\z)", 4, accept: IsVaried),
        new("JSON web token", "eyJ", @"(?<secret>(?<header>eyJ[A-Za-z0-9_-]{10,})\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})", 3, accept: IsJwt),
        new("npm token", "_authToken", @"_authToken\s{0,4}=\s{0,4}""?(?<secret>[^\s""']{8,})", accept: IsLiteralToken, startsWord: false),
        new("npm password", "_password", @"_password\s{0,4}=\s{0,4}""?(?<secret>[A-Za-z0-9+/]{8,}={0,2})", accept: IsBase64Text, startsWord: false),
        new("npm token", "npm_", @"(?<secret>npm_[A-Za-z0-9]{36})(?:[^A-Za-z0-9]|\z)", 4, accept: IsVaried),
        new("PyPI token", "pypi-AgE", @"(?<secret>pypi-AgE[A-Za-z0-9_-]{50,})", 5, accept: IsVaried),
        new("registry credentials (Docker config)", "\"auth\"", @"""auth""\s{0,8}:\s{0,8}""(?<secret>[A-Za-z0-9+/]{6,}={0,2})""", accept: IsBase64Pair, startsWord: false),
        new("registry token (Docker config)", "\"identitytoken\"", @"""identitytoken""\s{0,8}:\s{0,8}""(?<secret>[^""\s]{16,})""", startsWord: false),
        new("private key (kubeconfig)", "client-key-data", @"client-key-data[""']?\s{0,4}:\s{0,4}[""']?(?<secret>[A-Za-z0-9+/]{60,}={0,2})", accept: IsVaried, startsWord: false),
        new("Stripe key", "sk_live_", @"(?<secret>sk_live_[A-Za-z0-9]{20,})", 8, accept: IsVaried),
        new("Stripe key", "rk_live_", @"(?<secret>rk_live_[A-Za-z0-9]{20,})", 8, accept: IsVaried),
        new("SendGrid key", "SG.", @"(?<secret>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_-]|\z)", 3, accept: IsVaried),
        new("Vault token", "hvs.", @"(?<secret>hvs\.[A-Za-z0-9_-]{24,})", 4, accept: IsVaried),
        new("DigitalOcean token", "dop_v1_", @"(?<secret>dop_v1_[a-f0-9]{64})", 7, accept: IsVaried),
        new("Azure storage key", "AccountKey=", @"AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)", accept: IsVaried, startsWord: false),
        new("age private key", "AGE-SECRET-KEY-1", @"(?<secret>AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})", 16),
        new("password in a URL", "://", @"://(?<user>[A-Za-z0-9._~%+-]+):(?<secret>[^\s:@/""'<>\\]{6,256})@(?<host>[A-Za-z0-9.-]{3,253})", accept: IsUrlPassword, startsWord: false, reach: 600),
    ];

    /// <summary>True for a text that a human did not write: many different characters, no word of an example.</summary>
    public static bool IsVaried(string secret)
    {
        // Prefixes count too little to matter, and a key of sixty characters has at least a dozen different ones.
        string sample = secret.Length > 400 ? secret[..400] : secret;
        return SecretText.Entropy(sample) >= 3.0 && !SecretText.IsExample(sample);
    }

    private static bool IsVaried(Match match) => IsVaried(Secret(match));

    private static string Secret(Match match) => match.Groups["secret"].Success ? match.Groups["secret"].Value : match.Value;

    private static bool IsAwsId(Match match) => !SecretText.IsExample(Secret(match));

    // Forty characters of lower-case hexadecimal digits are a SHA-1, not a key.
    private static bool IsAwsPair(Match match)
        => !SecretText.IsExample(match.Value) && Secret(match) is { } secret && SecretText.Entropy(secret) >= 4.0 && secret.Any(char.IsAsciiLetterUpper) && secret.Any(char.IsAsciiLetterLower);

    private static bool IsJwt(Match match)
    {
        // The sample token of RFC 7519 and of every tutorial signs "John Doe".
        string header = Decode(match.Groups["header"].Value);
        return header.StartsWith('{') && header.Contains("\"alg\"", StringComparison.Ordinal)
            && !match.Value.Contains(".eyJzdWIiOiIxMjM0NTY3ODkwI", StringComparison.Ordinal)
            && !match.Value.Contains(".eyJpc3MiOiJqb2UiL", StringComparison.Ordinal);
    }

    // Documentation writes MYTOKEN here; what registries issue is longer and looks it.
    private static bool IsLiteralToken(Match match) => Secret(match) is { Length: >= 16 } token && SecretText.IsLiteral(token) && IsVaried(token) && token.Any(char.IsAsciiDigit);

    private static bool IsBase64Text(Match match) => Decode(Secret(match)) is { Length: > 3 } text && text.All(c => c is >= ' ' and < '\x7f') && !SecretText.IsExample(text);

    private static bool IsBase64Pair(Match match) => IsBase64Text(match) && Decode(Secret(match)).IndexOf(':', StringComparison.Ordinal) > 0;

    private static bool IsUrlPassword(Match match)
    {
        string password = Secret(match), host = match.Groups["host"].Value;
        return SecretText.IsLiteral(password) && !SecretText.IsExample(password)
            && password.Length >= 8 && SecretText.Entropy(password) >= 2.5 && password.Any(char.IsAsciiDigit)
            && !host.StartsWith("example.", StringComparison.OrdinalIgnoreCase) && !host.Contains(".example", StringComparison.OrdinalIgnoreCase) && host is not ("localhost" or "host" or "hostname" or "127.0.0.1");
    }

    private static string Decode(string base64)
    {
        string padded = base64.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        padded += new string('=', (4 - (padded.Length % 4)) % 4);
        return Base64.IsValid(padded) ? Encoding.Latin1.GetString(Convert.FromBase64String(padded)) : "";
    }
}
