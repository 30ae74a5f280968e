using System.Text;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>Files whose name says that they hold passwords: .env, .netrc, .pgpass, kubeconfig, settings of clients.</summary>
internal static class NamedFiles
{
    /// <summary>True where a file's content is wanted whole (paths without a leading '/').</summary>
    public static bool IsWanted(string path) => Kind(path) is not null;

    /// <summary>The secrets in a file of such a name.</summary>
    public static IEnumerable<SecretHit> Judge(string path, ReadOnlyMemory<byte> content)
    {
        if (content.IsEmpty || Kind(path) is not { } kind)
        {
            yield break;
        }

        string[] lines = Encoding.Latin1.GetString(content.Span).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#' && kind(line) is { } hit)
            {
                yield return hit with { Line = i + 1 };
            }
        }
    }

    private static Func<string, SecretHit?>? Kind(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name switch
        {
            ".env" => Variable,
            _ when name.StartsWith(".env.", StringComparison.Ordinal) && !name.EndsWith(".example", StringComparison.Ordinal) && !name.EndsWith(".sample", StringComparison.Ordinal) && !name.EndsWith(".template", StringComparison.Ordinal) => Variable,
            ".netrc" or "_netrc" => Netrc,
            ".pgpass" => Pgpass,
            ".pypirc" or ".my.cnf" or ".mylogin.cnf" or ".s3cfg" or ".boto" or "rclone.conf" => Setting,
            "settings.xml" when path.Contains("/.m2/", StringComparison.Ordinal) => Maven,
            "NuGet.Config" or "nuget.config" => NuGet,
            "gradle.properties" or "credentials.toml" => Variable,
            "kubeconfig" => Kubeconfig,
            "config" when path.EndsWith("/.kube/config", StringComparison.Ordinal) => Kubeconfig,
            _ => null,
        };
    }

    private static SecretHit? Variable(string line)
    {
        string text = line.StartsWith("export ", StringComparison.Ordinal) ? line[7..].TrimStart() : line;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 ? null : NamedSecrets.Judge(text[..equals].Trim(), text[(equals + 1)..].Trim().Trim('"', '\''));
    }

    // "password = …" in files of sections (pypirc, my.cnf) and the keys that s3cmd, boto and rclone write.
    private static SecretHit? Setting(string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string name = equals <= 0 ? "" : line[..equals].Trim();
        return name is "password" or "pass" or "secret_key" or "access_token" or "gs_secret_access_key" or "aws_secret_access_key"
            ? Hit("password (settings)", line[(equals + 1)..].Trim().Trim('"', '\''))
            : null;
    }

    // Maven encrypts what it puts in braces, with a key that lies elsewhere.
    private static SecretHit? Maven(string line) => Between(line, "<password>", "</password>") is { Length: > 0 } password && password[0] != '{' ? Hit("password (Maven)", password) : null;

    private static SecretHit? NuGet(string line)
        => line.Contains("ClearTextPassword", StringComparison.Ordinal) && Between(line, "value=\"", "\"") is { Length: > 0 } password && password[0] != '%' ? Hit("password (NuGet)", password) : null;

    private static string? Between(string line, string before, string after)
    {
        int start = line.IndexOf(before, StringComparison.Ordinal);
        int end = start < 0 ? -1 : line.IndexOf(after, start + before.Length, StringComparison.Ordinal);
        return end < 0 ? null : line[(start + before.Length)..end];
    }

    // netrc(5): "password string", on a line of its own or after machine and login.
    private static SecretHit? Netrc(string line)
    {
        string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, "password");
        return at >= 0 && at + 1 < words.Length ? Hit("password (netrc)", words[at + 1]) : null;
    }

    // libpq: hostname:port:database:username:password.
    private static SecretHit? Pgpass(string line) => line.Split(':') is [_, _, _, _, { Length: > 0 } password, ..] ? Hit("password (pgpass)", password) : null;

    private static SecretHit? Kubeconfig(string line)
        => line.StartsWith("token:", StringComparison.Ordinal) ? Hit("token (kubeconfig)", line[6..].Trim().Trim('"', '\''))
            : line.StartsWith("password:", StringComparison.Ordinal) ? Hit("password (kubeconfig)", line[9..].Trim().Trim('"', '\'')) : null;

    private static SecretHit? Hit(string kind, string secret)
        => SecretText.IsLiteral(secret) && !SecretText.IsExample(secret) ? new SecretHit(kind, SecretText.Mask(secret, 0), 0, null) : null;
}
