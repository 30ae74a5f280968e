using System.Globalization;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// /etc/passwd, /etc/group and /etc/shadow: base-passwd's master tables where the package is in the image, else root,
/// nobody and their groups; then the definition's accounts and their homes. Passwords are locked, and shadow's day counts
/// are empty, so that no day is in the image. Sources: passwd(5), group(5), shadow(5).
/// </summary>
internal static class AccountTables
{
    private const string Nologin = "/usr/sbin/nologin";
    private const long NobodyId = 65534;

    /// <summary>Writes the tables and makes the homes.</summary>
    /// <exception cref="AccountConflictException">A name or number is taken.</exception>
    public static void Write(ImageTree tree, IReadOnlyList<AccountRequest> accounts)
    {
        if (tree.HasBase && tree.TryRead("etc/passwd") is { } passwd)
        {
            Extend(tree, accounts, passwd);
            return;
        }

        List<string[]> users = Table(tree, "usr/share/base-passwd/passwd.master", 7) ??
        [
            ["root", "x", "0", "0", "root", "/root", RootShell(tree)],
            ["nobody", "x", Text(NobodyId), Text(NobodyId), "nobody", "/nonexistent", Nologin],
        ];
        List<string[]> groups = Table(tree, "usr/share/base-passwd/group.master", 4) ??
        [
            ["root", "x", "0", ""],
            ["nogroup", "x", Text(NobodyId), ""],
        ];

        foreach (AccountRequest account in accounts)
        {
            AddUser(users, account);
            AddGroup(groups, account);
            AddHome(tree, account);
        }

        string? shadowGroup = groups.FirstOrDefault(group => group[0] == "shadow")?[2];
        tree.AddFile("etc/passwd", Lines(users, user => $"{user[0]}:x:{string.Join(':', user[2..])}"));
        tree.AddFile("etc/group", Lines(groups, group => $"{group[0]}:x:{string.Join(':', group[2..])}"));
        tree.AddFile("etc/shadow", Lines(users, user => $"{user[0]}:*::0:99999:7:::"),
            shadowGroup is null ? Modes.Rw_______ : Modes.Rw_r_____, 0, shadowGroup is null ? 0 : long.Parse(shadowGroup, CultureInfo.InvariantCulture));
    }

    // An image that is built on has its own tables: its lines stay as they are, passwords and day counts included.
    private static void Extend(ImageTree tree, IReadOnlyList<AccountRequest> accounts, byte[] passwd)
    {
        if (accounts.Count == 0)
        {
            return;
        }

        List<string[]> users = Rows(passwd), groups = Rows(tree.TryRead("etc/group") ?? []);
        (int oldUsers, int oldGroups) = (users.Count, groups.Count);
        HashSet<string> known = [.. users.Where(user => user.Length == 7).Select(user => user[0])];
        foreach (AccountRequest account in accounts)
        {
            // What is no line of these tables (a comment, an entry of a name service) cannot stand against anything.
            List<string[]> real = [.. users.Where(user => user.Length == 7)], realGroups = [.. groups.Where(group => group.Length == 4)];
            (int before, int groupsBefore) = (real.Count, realGroups.Count);
            AddUser(real, account);
            AddGroup(realGroups, account);
            AddHome(tree, account);
            users.AddRange(real.Skip(before));
            groups.AddRange(realGroups.Skip(groupsBefore));
        }

        Append(tree, "etc/passwd", passwd, users.Skip(oldUsers).Select(user => string.Join(':', user)), Modes.Rw_r__r__);
        Append(tree, "etc/group", tree.TryRead("etc/group") ?? [], groups.Skip(oldGroups).Select(group => string.Join(':', group)), Modes.Rw_r__r__);
        if (tree.TryRead("etc/shadow") is { } shadow)
        {
            Append(tree, "etc/shadow", shadow, users.Skip(oldUsers).Where(user => !known.Contains(user[0])).Select(user => $"{user[0]}:*::0:99999:7:::"), Modes.Rw_______);
        }
    }

    private static void Append(ImageTree tree, string path, byte[] old, IEnumerable<string> lines, int mode)
    {
        string added = string.Concat(lines.Select(line => line + "\n"));
        if (added.Length > 0)
        {
            LayerEntry? entry = tree.Find(LayerPath.FromUtf8(path))?.Entry;
            byte[] end = old.Length > 0 && old[^1] != (byte)'\n' ? "\n"u8.ToArray() : [];
            tree.AddFile(path, [.. old, .. end, .. Encoding.UTF8.GetBytes(added)], entry?.Mode ?? mode, entry?.Uid ?? 0, entry?.Gid ?? 0);
        }
    }

    private static List<string[]> Rows(byte[] table) => [.. Encoding.UTF8.GetString(table).Split('\n').Where(line => line.Length > 0).Select(line => line.Split(':'))];

    private static string RootShell(ImageTree tree) => tree.IsFile("bin/bash") ? "/bin/bash" : tree.IsFile("bin/sh") ? "/bin/sh" : Nologin;

    private static void AddUser(List<string[]> users, AccountRequest account)
    {
        string uid = Text(account.Uid);
        string[]? sameName = users.Find(user => user[0] == account.Name);
        string[]? sameUid = users.Find(user => user[2] == uid);
        if (sameUid is not null && sameUid != sameName)
        {
            throw new AccountConflictException(account.Name, $"user id {uid} belongs to '{sameUid[0]}'");
        }

        if (sameName is not null && sameName[2] != uid)
        {
            throw new AccountConflictException(account.Name, $"there is a user of that name with id {sameName[2]}");
        }

        string[] line = [account.Name, "x", uid, Text(account.Gid), sameName?[4] ?? account.Name, account.Home, account.Shell];
        if (sameName is null)
        {
            users.Add(line);
        }
        else
        {
            users[users.IndexOf(sameName)] = line;
        }
    }

    private static void AddGroup(List<string[]> groups, AccountRequest account)
    {
        string gid = Text(account.Gid);
        if (groups.Exists(group => group[2] == gid))
        {
            return;
        }

        if (groups.Find(group => group[0] == account.Name) is { } sameName)
        {
            throw new AccountConflictException(account.Name, $"there is a group of that name with id {sameName[2]}");
        }

        groups.Add([account.Name, "x", gid, ""]);
    }

    private static void AddHome(ImageTree tree, AccountRequest account)
    {
        if (account.Home.Trim('/').Length > 0 && account.Home != "/nonexistent")
        {
            tree.AddDirectory(account.Home, Modes.Rwx______, account.Uid, account.Gid);
        }
    }

    private static List<string[]>? Table(ImageTree tree, string path, int fields)
        => tree.TryRead(path) is { } bytes
            ? Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Split(':')).Where(line => line.Length == fields).ToList()
            : null;

    private static string Lines(List<string[]> rows, Func<string[], string> line)
        => string.Concat(rows.Select(row => line(row) + "\n"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
