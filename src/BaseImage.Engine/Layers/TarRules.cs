namespace BaseImage.Engine.Layers;

/// <summary>What a tar archive may hold, and how much.</summary>
internal sealed record TarRules
{
    /// <summary>
    /// A foreign image's layer, read as container engines read it: a leading '/' is dropped (Docker and containerd join
    /// the name to the root), symbolic links lead anywhere (they are resolved inside the root and nowhere else),
    /// devices and fifos exist, the end marker may be missing and what follows it is passed over.
    /// </summary>
    public static TarRules Layer { get; } = new();

    /// <summary>
    /// A .deb's tar. Names are relative ("./usr/bin/x", as dpkg-deb writes them), the end is marked, and there are no
    /// devices or fifos (Debian Policy 10.6: "Packages must not include device files or named pipes"). Absolute symbolic
    /// links are normal. A symbolic link that climbs above the root is refused, though the kernel would stop at the root:
    /// an honest package has no use for it, and a tool that unpacks on a host would be led astray.
    /// </summary>
    public static TarRules Package { get; } = new()
    {
        AllowAbsoluteNames = false,
        AllowDevices = false,
        AllowLinksAboveRoot = false,
        RequireEnd = true,
        MaxEntries = 1_000_000,
    };

    /// <summary>True to drop a leading '/' of names and hard link targets; false to refuse it.</summary>
    public bool AllowAbsoluteNames { get; init; } = true;

    /// <summary>True for devices and fifos.</summary>
    public bool AllowDevices { get; init; } = true;

    /// <summary>True for relative symbolic links with more '..' than they lie deep.</summary>
    public bool AllowLinksAboveRoot { get; init; } = true;

    /// <summary>True where the end must be marked by a block of zeros, and nothing but zeros may follow it.</summary>
    public bool RequireEnd { get; init; }

    /// <summary>The most entries.</summary>
    public long MaxEntries { get; init; } = 5_000_000;

    /// <summary>The longest name or link target, in bytes: Linux's PATH_MAX.</summary>
    public int MaxPathLength { get; init; } = 4096;

    /// <summary>The most bytes of extended headers (pax, GNU long names) of one entry.</summary>
    public int MaxHeaderSize { get; init; } = 1 << 20;
}
