namespace BaseImage.Engine.Auditing;

/// <summary>Where symbolic links lead, by their text alone.</summary>
internal static class LinkText
{
    private static readonly string[] HostPlaces = ["/host/", "/hostfs/", "/rootfs/", "/host_root/", "/mnt/host/"];

    /// <summary>A relative target from a folder, as an absolute path; what climbs above the root stays there.</summary>
    public static string Join(string folder, string target) => "/" + string.Join('/', Walk(folder, target, out _));

    /// <summary>True for a target that goes above the root on its way.</summary>
    public static bool Climbs(string folder, string target)
    {
        Walk(folder, target, out bool climbs);
        return climbs;
    }

    /// <summary>True for a target through another process's root, or where hosts are mounted by habit.</summary>
    public static bool IsHost(string target)
    {
        string[] parts = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return target.StartsWith('/')
            && ((parts is ["proc", var process, "root" or "cwd", ..] && process is not ("self" or "thread-self")) || (parts is ["proc", "self" or "thread-self", "root", ..]) || HostPlaces.Any(place => (target + "/").StartsWith(place, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Walk(string folder, string target, out bool climbs)
    {
        climbs = false;
        List<string> parts = [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                climbs |= parts.Count == 0;
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return parts;
    }
}
