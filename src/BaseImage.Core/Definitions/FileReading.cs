using System.Globalization;
using BaseImage.Documents;

namespace BaseImage.Definitions;

/// <summary>Reads what a definition says of files, accounts and alternatives.</summary>
internal static class FileReading
{
    // 4294967295 is (uid_t)-1, which chown(2) takes for "leave as it is".
    private const long MaxId = 4294967294;

    /// <summary>A path of a file of this machine, taken from the folder of the file that names it; null where absent or wrong.</summary>
    public static string? Local(TableReader table, string key, Func<string, bool> fileExists)
    {
        if (table.Text(key) is not { } text)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl))
        {
            table.Fail(key, $"{key} is not a path.", "Write a path from this file's own folder.");
            return null;
        }

        string relative = text.Replace('\\', '/');
        if (relative.StartsWith('/') || (relative.Length > 1 && relative[1] == ':') || Path.IsPathRooted(relative))
        {
            table.Fail(key, $"{key} is '{TableReader.Shown(text)}', which is not the same place on another machine.", "Write a path from this file's own folder.");
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(table.PositionOf(key).File) ?? "", relative));
        if (!fileExists(full))
        {
            table.Fail(key, $"{key} names '{TableReader.Shown(text)}', which does not exist.", "Paths are taken from the folder of the file that names them.");
            return null;
        }

        return full;
    }

    /// <summary>Globs to remove.</summary>
    public static IReadOnlyList<string> Remove(TableReader table)
    {
        SortedSet<string> globs = new(StringComparer.Ordinal);
        foreach (DataScalar scalar in table.Texts("Remove"))
        {
            string glob = (string)scalar.Value!;
            if (DefinitionText.PathMistake(glob) is { } mistake)
            {
                table.Problems.Add(scalar.Position, mistake.Problem, mistake.Hint);
            }
            else if (glob.AsSpan(1).IndexOfAnyExcept("*?/") < 0)
            {
                table.Problems.Add(scalar.Position, $"'{TableReader.Shown(glob)}' matches everything.", "Name a path below '/'.");
            }
            else
            {
                globs.Add(glob);
            }
        }

        return [.. globs];
    }

    /// <summary>Files to add, sorted by path.</summary>
    public static IReadOnlyList<AddedFile> Files(TableReader table, Func<string, bool> fileExists)
    {
        SortedDictionary<string, AddedFile> files = new(StringComparer.Ordinal);
        foreach (TableReader entry in table.Tables("Files", "a file", DefinitionKeys.File, DefinitionKeys.FileElsewhere))
        {
            string? path = entry.RequiredText("Path", "Say where it goes: Path = '/etc/motd'.");
            CheckPath(entry, "Path", path);
            AddedFile file = new(
                path ?? "",
                Local(entry, "Source", fileExists),
                entry.Text("Content")?.Replace("\r\n", "\n", StringComparison.Ordinal),
                Sha256(entry),
                Mode(entry),
                entry.Integer("Uid", 0, MaxId) ?? 0,
                entry.Integer("Gid", 0, MaxId) ?? 0);
            if (entry.Has("Source") == entry.Has("Content"))
            {
                string problem = entry.Has("Source") ? "has both Source and Content" : "has neither Source nor Content";
                table.Problems.Add(entry.Position, $"The file '{TableReader.Shown(file.Path)}' {problem}.", "Write one of them: Source = 'files/motd', or Content = 'text'.");
            }

            if (path is not null && !files.TryAdd(path, file))
            {
                entry.Fail("Path", $"The file '{TableReader.Shown(path)}' stands twice.", "Keep one of them.");
            }
        }

        return [.. files.Values];
    }

    /// <summary>Accounts to add, sorted by user id.</summary>
    public static IReadOnlyList<AccountRequest> Accounts(TableReader table)
    {
        List<AccountRequest> accounts = [];
        foreach (TableReader entry in table.Tables("Accounts", "an account", DefinitionKeys.Account))
        {
            string? name = entry.RequiredText("Name", "Write Name = 'nonroot'.");
            if (name is not null && (!DefinitionText.IsAccountName(name) || name == "root"))
            {
                entry.Fail("Name", $"'{TableReader.Shown(name)}' cannot be an added account.", name == "root" ? "root is always there; give the account another name." : "Write small letters, digits, '_' and '-', at most 32.");
            }

            long? uid = null;
            if (entry.Require("Uid", "Write a number, for instance Uid = 65532."))
            {
                uid = entry.Integer("Uid", 1, MaxId);
            }

            string home = entry.Text("Home") ?? "/home/" + name;
            string shell = entry.Text("Shell") ?? "/usr/sbin/nologin";
            CheckPath(entry, "Home", entry.Text("Home"), allowRoot: true);
            CheckPath(entry, "Shell", entry.Text("Shell"));
            foreach (string key in new[] { "Home", "Shell" }.Where(key => entry.Text(key)?.Contains(':', StringComparison.Ordinal) == true))
            {
                entry.Fail(key, $"{key} has a ':', which divides the fields of passwd(5).", "Write a path without it.");
            }

            AccountRequest account = new(name ?? "", uid ?? 0, entry.Integer("Gid", 0, MaxId) ?? uid ?? 0, home, shell);
            foreach (AccountRequest other in accounts.Where(other => uid is not null && (other.Uid == account.Uid || other.Name == account.Name)))
            {
                table.Problems.Add(entry.Position, $"The account '{account.Name}' has the name or user id of '{other.Name}'.", "Give each its own.");
            }

            accounts.Add(account);
        }

        return [.. accounts.OrderBy(account => account.Uid).ThenBy(account => account.Name, StringComparer.Ordinal)];
    }

    /// <summary>Alternatives to set.</summary>
    public static IReadOnlyDictionary<string, string> Alternatives(TableReader table)
    {
        const string hint = "Write the name and its program: Alternatives = @{ 'awk' = '/usr/bin/mawk' }.";
        IReadOnlyDictionary<string, string> map = table.Map("Alternatives", hint);
        foreach (DataEntry entry in table.Node("Alternatives") is DataTable node ? node.Entries : [])
        {
            if (entry.Key.Contains('/', StringComparison.Ordinal) || entry.Key.Length == 0 || entry.Key.Any(char.IsControl))
            {
                table.Problems.Add(entry.KeyPosition, $"'{TableReader.Shown(entry.Key)}' is not the name of an alternative.", hint);
            }

            if (entry.Value is DataScalar { Value: string program } && DefinitionText.PathMistake(program) is { } mistake)
            {
                table.Problems.Add(entry.Value.Position, mistake.Problem, mistake.Hint);
            }
        }

        return map;
    }

    /// <summary>Tells if a path is not absolute and in its shortest form.</summary>
    public static void CheckPath(TableReader table, string key, string? path, bool allowRoot = false)
    {
        if (path is not null && DefinitionText.PathMistake(path, allowRoot) is { } mistake)
        {
            table.Fail(key, mistake.Problem, mistake.Hint);
        }
    }

    private static Digest? Sha256(TableReader table)
    {
        if (table.Text("Sha256") is not { } text)
        {
            return null;
        }

        string hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text[7..] : text;
        if (Digest.TryParse("sha256:" + hex.ToLowerInvariant(), out Digest digest))
        {
            return digest;
        }

        table.Fail("Sha256", $"Sha256 has {hex.Length} characters or others than 0-9 and a-f.", "Write the 64 hexadecimal digits that (Get-FileHash FILE).Hash gives.");
        return null;
    }

    private static int Mode(TableReader table)
    {
        const int usual = 0x1A4;
        DataNode? node = table.Node("Mode");
        if (node is DataScalar { Value: long } number)
        {
            string octal = number.Text.TrimStart('0').PadLeft(3, '0');
            string read = number.Text.StartsWith('0') ? $", which PowerShell makes {((long)number.Value).ToString(CultureInfo.InvariantCulture)}" : "";
            string quoted = number.Position.IsJson ? $"\"0{octal}\"" : $"'0{octal}'";
            table.Fail("Mode", $"Mode is the number {number.Text}{read}.", $"Modes are octal and go in quotes: {quoted}.");
            return usual;
        }

        if (table.Text("Mode") is not { } text)
        {
            return usual;
        }

        if (text.Length is 3 or 4 && text.All(c => c is >= '0' and <= '7'))
        {
            return Convert.ToInt32(text, 8);
        }

        table.Fail("Mode", $"Mode is '{TableReader.Shown(text)}'.", "Write three or four octal digits, for instance '0644' or '0755'.");
        return usual;
    }
}
