namespace BaseImage.Engine.Auditing.Runtime.Probe;

/// <summary>
/// The probe's bytes: a static ELF program without libc for each platform, built of probe.c by build.sh beside this
/// file. A test rebuilds them and compares. How it is asked and what it prints is written at the head of probe.c.
/// </summary>
internal static class ProbeProgram
{
    /// <summary>The files that are read of a cgroup, version 2 first: limits, and whether they were met.</summary>
    public static IReadOnlyList<string> LimitFiles { get; } =
    [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory.events",
        "/sys/fs/cgroup/pids.max",
        "/sys/fs/cgroup/pids.events",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.oom_control",
        "/sys/fs/cgroup/memory/memory.failcnt",
        "/sys/fs/cgroup/pids/pids.max",
        "/sys/fs/cgroup/pids/pids.events",
        "/sys/fs/cgroup/cpu.max",
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
    ];

    /// <summary>The platforms that there is a probe for.</summary>
    public static IReadOnlyList<Platform> Platforms { get; } = [Platform.LinuxAmd64, Platform.LinuxArm64];

    /// <summary>True where a container of the platform can be probed.</summary>
    public static bool Supports(Platform platform) => ResourceOf(platform) is not null;

    /// <summary>The program for a platform.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static byte[] Read(Platform platform)
    {
        string resource = ResourceOf(platform) ?? throw new ArgumentException($"There is no probe for {platform}.", nameof(platform));
        using Stream stream = typeof(ProbeProgram).Assembly.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string? ResourceOf(Platform platform) => (platform.Os, platform.Architecture) switch
    {
        ("linux", "amd64") => "probe.amd64.bin",
        ("linux", "arm64") => "probe.arm64.bin",
        _ => null,
    };
}
