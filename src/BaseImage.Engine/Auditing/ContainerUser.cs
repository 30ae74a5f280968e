namespace BaseImage.Engine.Auditing;

/// <summary>
/// The identity that a runtime gives to the image's process.
/// Source: OCI Image Specification 1.1, config.md, "User"; github.com/moby/sys/user, function GetExecUser.
/// </summary>
/// <param name="Uid">The user id; null where runtimes disagree or refuse.</param>
/// <param name="Gid">The primary group's id; null where runtimes disagree or refuse.</param>
/// <param name="SupplementaryGids">Further groups by membership in /etc/group.</param>
/// <param name="Reason">How the ids came about, or why there are none.</param>
internal sealed record ContainerUser(long? Uid, long? Gid, IReadOnlyList<long> SupplementaryGids, string Reason)
{
    // Ids above this overflow in some runtimes, down to root: CVE-2024-40635 (containerd).
    private const long MaximumId = int.MaxValue;

    /// <summary>Resolves <c>user[:group]</c> against the image's own accounts.</summary>
    public static ContainerUser Resolve(string specification, IReadOnlyList<PasswdEntry> passwd, IReadOnlyList<GroupEntry> groups)
    {
        string[] parts = specification.Split(':');
        (string user, string group) = (parts[0], parts.Length > 1 ? parts[1] : "");
        if (specification.Length > 0 && (user.Trim() != user || group.Trim() != group))
        {
            return new ContainerUser(null, null, [], "it has white space, which runtimes read differently");
        }

        if (user.Length == 0)
        {
            return new ContainerUser(0, GroupOf(group, groups) ?? 0, [], "no user is set");
        }

        bool isNumber = AccountFiles.TryNumber(user, out long number);
        PasswdEntry? entry = passwd.FirstOrDefault(entry => isNumber ? entry.Uid == number : entry.Name == user);
        if (entry is null && !isNumber)
        {
            return user.TrimStart('+', '-').All(char.IsAsciiDigit)
                ? new ContainerUser(null, null, [], "the number is too large for any user id")
                : new ContainerUser(null, null, [], "/etc/passwd has no such name");
        }

        long uid = entry?.Uid ?? number;
        long? gid = group.Length > 0 ? GroupOf(group, groups) : entry?.Gid ?? 0;
        if (uid is < 0 or > MaximumId || gid is < 0 or > MaximumId)
        {
            return new ContainerUser(null, null, [], "the id is outside 0 to 2147483647, which some runtimes turn into root (CVE-2024-40635)");
        }

        if (gid is null)
        {
            return new ContainerUser(uid, null, [], "/etc/group has no such group");
        }

        long[] supplementary = group.Length > 0 || entry is null ? [] : [.. groups.Where(g => g.Members.Contains(entry.Name)).Select(g => g.Gid)];
        return new ContainerUser(uid, gid, supplementary, isNumber ? "the number is written down" : "/etc/passwd says so");
    }

    private static long? GroupOf(string group, IReadOnlyList<GroupEntry> groups)
    {
        if (group.Length == 0)
        {
            return null;
        }

        bool isNumber = AccountFiles.TryNumber(group, out long number);
        return isNumber ? number : groups.FirstOrDefault(entry => entry.Name == group)?.Gid;
    }
}
