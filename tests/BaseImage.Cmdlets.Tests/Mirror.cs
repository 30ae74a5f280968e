namespace BaseImage.Cmdlets.Tests;

/// <summary>Tests on real packages need a mirror: the environment's, or apt's configured sources.</summary>
internal static class Mirror
{
    internal static void Require()
    {
        if (Environment.GetEnvironmentVariable("BASEIMAGE_MIRROR_DEBIAN") is not null
            || (Directory.Exists("/etc/apt") && Directory.EnumerateFiles("/etc/apt", "*.*", SearchOption.AllDirectories)
                .Any(f => Path.GetFileName(f) == "sources.list" || f.EndsWith(".sources", StringComparison.Ordinal))))
        {
            return;
        }

        const string Reason = "no package mirror is configured (BASEIMAGE_MIRROR_DEBIAN or apt's sources)";
        Assert.False(Environment.GetEnvironmentVariable("BASEIMAGE_FORBID_SKIPS") == "1", $"Skips are forbidden: {Reason}.");
        Assert.Skip(Reason);
    }
}
