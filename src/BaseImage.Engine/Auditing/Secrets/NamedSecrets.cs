using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>Judges <c>NAME=value</c> by the name and by how much of a secret the value looks.</summary>
internal static class NamedSecrets
{
    // A value of a password variable that is short or made of words is a default that somebody will use.
    private const double HighEntropy = 3.0;
    private const int HighLength = 12;

    private static readonly HashSet<string> Words = new(
        ["PASSWORD", "PASSWD", "PASSPHRASE", "PWD", "PASS", "SECRET", "SECRETS", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS"], StringComparer.Ordinal);

    private static readonly string[] Pairs = ["API_KEY", "PRIVATE_KEY", "ACCESS_KEY", "SECRET_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "MASTER_KEY", "AUTH_KEY", "ACCOUNT_KEY", "STORAGE_KEY"];

    // Names that point at a secret, or speak about secrets, without being one.
    private static readonly HashSet<string> Pointers = new(
        ["FILE", "PATH", "DIR", "URL", "URI", "HOST", "NAME", "ID", "TYPE", "LENGTH", "TTL", "TIMEOUT", "EXPIRY", "EXPIRES", "ENABLED", "DISABLED", "POLICY", "LIMIT", "SIZE", "COMMAND", "HELPER", "STORE", "ALGORITHM", "COUNT", "ENDPOINT", "VERSION", "PUBLIC"],
        StringComparer.Ordinal);

    private static readonly HashSet<string> Harmless = new(["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "required", "optional", "enabled", "disabled", "auto", "default", "disable", "enable", "random", "prompt"], StringComparer.OrdinalIgnoreCase);

    /// <summary>What a variable gives away; null for nothing.</summary>
    public static SecretHit? Judge(string name, string value, int line = 0)
    {
        if (!IsSecretName(name) || !IsSecretValue(value))
        {
            return null;
        }

        bool strong = value.Length >= HighLength && SecretText.Entropy(value) >= HighEntropy && !SecretText.IsExample(value);
        return new SecretHit(
            strong ? "secret" : "default password",
            string.Create(CultureInfo.InvariantCulture, $"{SecretText.Mask(value, 0)}"),
            line,
            strong ? null : Severity.Medium);
    }

    /// <summary>What a line of a shell, a Dockerfile step, a build argument list or a command names a secret by its name: NAME=value, --name value, -u user:value, an Authorization header.</summary>
    public static IEnumerable<(string Name, string Value)> Assignments(string text) => Places(text).Select(place => (place.Name, text[place.Value]));

    /// <summary>A text in which every value that <see cref="Assignments"/> and <see cref="Judge"/> take for a secret is masked.</summary>
    public static string Mask(string text)
    {
        StringBuilder? masked = null;
        int copied = 0;
        foreach ((string name, Range value) in Places(text).OrderBy(place => place.Value.Start.Value).ThenByDescending(place => place.Value.End.Value))
        {
            (int start, int end) = (value.Start.Value, value.End.Value);
            if (start >= copied && Judge(name, text[value]) is { } hit)
            {
                (masked ??= new StringBuilder()).Append(text.AsSpan(copied, start - copied)).Append(hit.Masked);
                copied = end;
            }
        }

        return masked is null ? text : masked.Append(text.AsSpan(copied)).ToString();
    }

    private static IEnumerable<(string Name, Range Value)> Places(string text)
        => Assigned(text).Concat(Expressions(text).SelectMany(expression => expression.Matches(text).Select(match => (
            match.Groups["name"].Success ? match.Groups["name"].Value : "password", match.Groups["value"].Index..(match.Groups["value"].Index + match.Groups["value"].Length)))));

    // Nearly every text has none of what they begin with, and every text that is put out comes by.
    private static IEnumerable<Regex> Expressions(string text)
    {
        if (HasFlag(text))
        {
            yield return Flags;
            yield return Logins;
        }

        if (text.Contains(':', StringComparison.Ordinal) && HeaderNames.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            yield return Headers;
        }
    }

    private static bool HasFlag(string text)
    {
        for (int at = text.IndexOf('-', StringComparison.Ordinal); at >= 0; at = at + 1 < text.Length ? text.IndexOf('-', at + 1) : -1)
        {
            if (at == 0 || char.IsWhiteSpace(text[at - 1]) || text[at - 1] is '"' or '\'' or '[' or ',')
            {
                return true;
            }
        }

        return false;
    }

    private static readonly string[] HeaderNames = ["authorization", "x-api-key", "private-token"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // --password value, -token value: a name that speaks of a secret, and the next word.
    private static readonly Regex Flags = new(@"(?:^|[\s""'\[,])--?(?<name>[A-Za-z][A-Za-z0-9-]{2,40})[""']?,?\s{1,4}[""']?(?<value>[^\s""'-][^\s""']*)", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);

    // curl -u user:password
    private static readonly Regex Logins = new(@"(?:^|\s)(?:-u|--user|--proxy-user)[= ]{1,4}[""']?[^\s:""']{1,100}:(?<value>[^\s""']+)", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);

    private static readonly Regex Headers = new(@"(?:[Aa]uthorization|AUTHORIZATION|[Xx]-[Aa][Pp][Ii]-[Kk][Ee][Yy]|[Pp][Rr][Ii][Vv][Aa][Tt][Ee]-[Tt][Oo][Kk][Ee][Nn]): ?(?:(?:[Bb]earer|[Bb]asic|[Tt]oken) )?(?<value>[^\s""']+)", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);

    private static IEnumerable<(string Name, Range Value)> Assigned(string text)
    {
        for (int equals = text.IndexOf('=', StringComparison.Ordinal); equals >= 0; equals = equals + 1 < text.Length ? text.IndexOf('=', equals + 1) : -1)
        {
            int start = equals;
            while (start > 0 && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.'))
            {
                start--;
            }

            // --api-key=… is named api-key.
            while (start < equals && text[start] is '-' or '.')
            {
                start++;
            }

            if (start == equals || equals + 1 >= text.Length)
            {
                continue;
            }

            char quote = text[equals + 1] is '"' or '\'' ? text[equals + 1] : '\0';
            int from = quote == '\0' ? equals + 1 : equals + 2;
            int end = from;
            while (end < text.Length && (quote == '\0' ? !char.IsWhiteSpace(text[end]) && text[end] is not (';' or '&' or '|' or '"' or '\'' or ')') : text[end] != quote))
            {
                end++;
            }

            yield return (text[start..equals], from..end);
        }
    }

    private static bool IsSecretName(string name)
    {
        // DbPassword, db-password and DB_PASSWORD are the same name.
        string upper = name.Contains('_', StringComparison.Ordinal) || name.Contains('-', StringComparison.Ordinal) || !name.Any(char.IsAsciiLetterLower) ? name : SplitCamel(name);
        upper = upper.ToUpperInvariant().Replace('-', '_').Replace('.', '_');
        string[] parts = upper.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            && !Pointers.Contains(parts[^1])
            && upper is not ("PWD" or "OLDPWD")
            && (parts.Any(Words.Contains) || Pairs.Any(pair => upper == pair || upper.EndsWith("_" + pair, StringComparison.Ordinal) || upper.StartsWith(pair + "_", StringComparison.Ordinal) || upper.Contains("_" + pair + "_", StringComparison.Ordinal)))
            || upper is "PGPASSWORD" or "MYSQL_PWD" or "SSHPASS" or "REDISCLI_AUTH" or "DOCKER_AUTH_CONFIG";
    }

    private static bool IsSecretValue(string value)
        => value.Length > 0 && SecretText.IsLiteral(value) && !Harmless.Contains(value)
            && !(value.Length <= 6 && value.All(char.IsAsciiDigit)) && !value.Contains("://", StringComparison.Ordinal)
            && !value.All(c => c is '*' or 'x' or 'X' or '.');

    private static string SplitCamel(string name)
        => string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) && char.IsAsciiLetterLower(name[i - 1]) ? "_" + c : c.ToString()));
}
