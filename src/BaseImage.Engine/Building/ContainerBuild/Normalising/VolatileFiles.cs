using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>What becomes of a file of an image's own layers.</summary>
internal enum FileFate
{
    /// <summary>It stays as it is, but for its time.</summary>
    Keep,

    /// <summary>It is left out.</summary>
    Remove,

    /// <summary>It stays, empty.</summary>
    Empty,

    /// <summary>What in it says when it was made is rewritten.</summary>
    Rewrite,
}

/// <summary>
/// The policy of normalising: which files change from build to build though nothing else did. Only the image's own layers
/// are looked at; directories stay, and so do links, since a log may be a link to a container's output.
/// </summary>
internal sealed class VolatileFiles
{
    /// <summary>Left out, as ordinary files.</summary>
    public static IReadOnlyList<string> Removed { get; } =
    [
        // What package managers fetched, and their logs.
        "/var/lib/apt/lists/**", "/var/cache/apt/**", "/var/log/**", "/var/cache/apk/**", "/var/cache/dnf/**", "/var/cache/yum/**", "/var/lib/dnf/history.*",
        "/root/.cache/**", "/root/.npm/_cacache/**", "/root/.npm/_logs/**", "/root/.npm/_update-notifier-last-checked", "/home/*/.cache/**",

        // Copies of what was there before the last change, and indexes that are made anew where they are missing.
        "/var/lib/dpkg/*-old", "/var/cache/debconf/*-old", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
        "/var/cache/ldconfig/**", "/var/cache/man/**", "/var/cache/fontconfig/**",

        // Identities and seeds, of which every container would have the same.
        "/var/lib/dbus/machine-id", "/var/lib/systemd/random-seed", "/var/lib/urandom/random-seed", "/var/lib/systemd/catalog/database",

        // What runtimes leave behind, and what engines put into containers.
        "/tmp/hsperfdata_*/**", "/tmp/NuGetScratch*/**", "/tmp/npm-*/**", "/tmp/v8-compile-cache-*/**", "/tmp/node-compile-cache/**", "/tmp/.dotnet/**", "/tmp/clr-debug-pipe-*", "/tmp/dotnet-diagnostic-*",
        "/root/.bash_history", "/root/.python_history", "/root/.node_repl_history", "/root/.wget-hsts", "/root/.lesshst", "/.dockerenv", "/run/.containerenv",
    ];

    private static readonly PathGlob[] s_removed = [.. Removed.Select(PathGlob.Parse)];
    private static readonly PathGlob[] s_rewritten = [.. new[] { "/**/*.pyc", "/etc/shadow" }.Select(PathGlob.Parse)];
    private static readonly LayerPath s_standIn = LayerPath.FromUtf8(Context.BuildContext.StandIn);
    private static readonly PathGlob s_identity = PathGlob.Parse("/etc/machine-id");

    private readonly PathGlob[] _remove;
    private readonly PathGlob[] _keep;

    /// <summary>Makes a policy.</summary>
    /// <param name="remove">What is left out beside, directories and links too.</param>
    /// <param name="keep">What stays whatever else is said.</param>
    public VolatileFiles(IEnumerable<string> remove, IEnumerable<string> keep)
        => (_remove, _keep) = ([.. remove.Select(PathGlob.Parse)], [.. keep.Select(PathGlob.Parse)]);

    /// <summary>True to leave everything as it is but for its time.</summary>
    public bool KeepAll { get; init; }

    /// <summary>What becomes of an entry. Marks that hide what lies below are never taken away.</summary>
    public FileFate FateOf(LayerEntry entry)
    {
        LayerPath path = entry.Path;
        if (path.IsRoot || path.Name.Span.StartsWith(".wh."u8) || Any(_keep, path))
        {
            return FileFate.Keep;
        }

        // A pattern that names a directory takes what is below it.
        for (LayerPath at = path; _remove.Length > 0 && !at.IsRoot; at = at.Parent)
        {
            if (Any(_remove, at))
            {
                return FileFate.Remove;
            }
        }

        bool isFile = entry.Kind is ImageFileKind.File or ImageFileKind.HardLink;
        return KeepAll || !isFile ? FileFate.Keep
            : Any(s_removed, path) || path.Name == s_standIn ? FileFate.Remove
            : s_identity.IsMatch(path) ? FileFate.Empty
            : Any(s_rewritten, path) ? FileFate.Rewrite
            : FileFate.Keep;
    }

    private static bool Any(PathGlob[] globs, LayerPath path) => Array.Exists(globs, glob => glob.IsMatch(path));
}
