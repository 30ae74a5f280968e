namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2008: caches, logs and documentation are not left behind.</summary>
internal sealed class Leftovers : IAuditRule
{
    // Where, what it is, and what below it is kept. A directory that is there and empty is no finding.
    private static readonly Place[] Places =
    [
        new("/var/cache/apt", "apt's cache"),
        new("/var/lib/apt/lists", "apt's package lists"),
        new("/var/cache/debconf", "debconf's cache"),
        new("/var/cache/apk", "apk's cache"),
        new("/var/cache/dnf", "dnf's cache"),
        new("/var/cache/yum", "yum's cache"),
        new("/var/cache/ldconfig", "ldconfig's cache"),
        new("/var/cache/man", "man's cache"),
        new("/var/cache/fontconfig", "fontconfig's cache"),
        new("/var/log", "logs"),
        new("/usr/share/doc", "documentation", path => path.EndsWith("/copyright", StringComparison.Ordinal) || path.Contains("/LICENSE", StringComparison.OrdinalIgnoreCase)),
        new("/usr/share/man", "manual pages"),
        new("/usr/share/info", "info pages"),
        new("/usr/share/groff", "groff's files"),
        new("/usr/share/lintian", "lintian's files"),
        new("/usr/share/doc-base", "documentation"),
        new("/usr/local/share/man", "manual pages"),
        new("/root/.cache", "a user's caches"),
        new("/root/.npm", "npm's cache"),
        new("/root/.cargo/registry", "cargo's cache"),
        new("/root/.m2/repository", "Maven's cache"),
        new("/root/.gradle/caches", "Gradle's cache"),
        new("/tmp", "temporary files"),
        new("/var/tmp", "temporary files"),
        new("/var/lib/dpkg/updates", "dpkg's journal"),
    ];

    private static readonly HashSet<string> Names = new([".bash_history", ".ash_history", ".sh_history", ".zsh_history", ".python_history", ".lesshst", ".viminfo", ".wget-hsts", ".DS_Store", "core.dump"], StringComparer.Ordinal);

    private static readonly HashSet<string> Backups = new(
        ["/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-", "/var/lib/dpkg/status-old", "/var/lib/dpkg/diversions-old", "/var/lib/dpkg/statoverride-old"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2008",
        Title = "No caches, logs or documentation left behind",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "Caches, package lists, logs, temporary files, byte code caches and manual pages are shipped to every host and used on none; they differ from build to build, "
            + "and logs and shell histories tell how the image was made. Copyright files and licences stay: they have to be shipped. "
            + "Findings are by place, not by file, with the number of files and their size.",
        Remediation = "Clean up in the same step that makes them (rm -rf /var/lib/apt/lists/*), or add the place to the definition's Remove.",
        References = ["CIS Docker Benchmark 4.3", "NIST SP 800-190 4.1.2"],
        Equivalent = ["dockle:DKL-DI-0005", "hadolint:DL3009"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        SortedDictionary<string, Found> found = new(StringComparer.Ordinal);
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && Locate(file) is not null))
        {
            if (Locate(file) is { } place)
            {
                Found old = found.GetValueOrDefault(place.Path, new Found(place.What, 0, 0));
                found[place.Path] = old with { Files = old.Files + 1, Bytes = old.Bytes + file.Size };
            }
        }

        RuleFinding[] findings = [.. found.Select(pair => new RuleFinding(pair.Key, $"{pair.Value.What}: {Words.Number(pair.Value.Files, "file", "files")}, {Words.Size(pair.Value.Bytes)}"))];
        return RuleOutcome.Of(
            findings,
            "No caches, logs or documentation are left behind.",
            failing => $"{Words.Number(found.Values.Sum(f => f.Files), "file", "files")} of {Words.Size(found.Values.Sum(f => f.Bytes))} left behind in {Words.Count(failing.Count, "place", "places")}");
    }

    private static (string Path, string What)? Locate(ImageFile file)
    {
        string path = file.Path, name = path[(path.LastIndexOf('/') + 1)..];
        foreach (Place place in Places)
        {
            if (path.Length > place.Path.Length && path[place.Path.Length] == '/' && path.StartsWith(place.Path, StringComparison.Ordinal))
            {
                // An empty log is a mount point in waiting.
                return place.Keeps?.Invoke(path) == true || (file.Size == 0 && place.What == "logs") ? null : (place.Path, place.What);
            }
        }

        int cache = path.IndexOf("/__pycache__/", StringComparison.Ordinal);
        return cache >= 0 ? (path[..(cache + "/__pycache__".Length)], "Python's byte code cache")
            : Backups.Contains(path) ? (path, "a backup")
            : Names.Contains(name) ? (path, "a trace of somebody's session")
            : null;
    }

    private sealed record Place(string Path, string What, Func<string, bool>? Keeps = null);

    private readonly record struct Found(string What, long Files, long Bytes);
}
