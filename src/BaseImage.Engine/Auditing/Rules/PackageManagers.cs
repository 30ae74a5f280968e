namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2005: there is no package manager.</summary>
internal sealed class PackageManagers : IAuditRule
{
    private const int AnyExecute = 0x49;

    private static readonly HashSet<string> Programs = new(
        ["apt", "apt-get", "aptitude", "dpkg", "dselect", "apk", "apk.static", "rpm", "rpm-ostree", "yum", "dnf", "dnf5", "dnf-3", "microdnf", "tdnf", "zypper", "pacman", "opkg", "xbps-install", "emerge", "nix", "nix-env",
            "snap", "flatpak", "brew", "pip", "pip2", "pip3", "pipx", "poetry", "uv", "conda", "mamba", "micromamba", "easy_install", "npm", "npx", "yarn", "pnpm", "corepack", "gem", "bundle", "cpan", "cpanm", "composer", "luarocks", "cargo"],
        StringComparer.Ordinal);

    // What a manager keeps. Without the manager it is data for scanners, hence a note; dpkg/status.d never needed one.
    private static readonly string[] Databases =
        ["/var/lib/dpkg/status", "/var/lib/dpkg/info", "/var/lib/apt", "/lib/apk/db/installed", "/usr/lib/apk/db/installed", "/var/lib/rpm", "/usr/lib/sysimage/rpm", "/var/lib/pacman", "/var/lib/dnf", "/usr/lib/opkg/status"];

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2005",
        Title = "No package manager",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A package manager lets whoever gets into a container install what they miss, and invites changes to running containers that no build and no review has seen. "
            + "It is found by its programs, of the distribution and of languages, and by pip and npm in their module folders. "
            + "Package databases that lie there without their manager are notes, and /var/lib/dpkg/status.d, which only scanners read, is not reported.",
        Remediation = "Build the image from packages instead of installing inside it, or leave the manager's package out of the last stage.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        FileFacts files = facts.Files!;
        List<RuleFinding> findings = [];
        foreach (ImageFile file in files.Where(static (_, file) => Manager(file) is not null))
        {
            if (Manager(file) is { } manager)
            {
                findings.Add(new RuleFinding(file.Path, $"the package manager {manager}{Words.From(file)}"));
            }
        }

        findings.AddRange(Databases.Select(files.Find).OfType<ImageFile>().Select(file => new RuleFinding(file.Path, "the database of a package manager", Severity.Info)));
        return RuleOutcome.Of(findings, "There is no package manager.", failing => Words.Count(failing.Count, "program or module of a package manager is there", "programs or modules of package managers are there"));
    }

    private static string? Manager(ImageFile file)
    {
        string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        return file.Kind switch
        {
            ImageFileKind.File or ImageFileKind.HardLink when (file.Mode & AnyExecute) != 0 && ProgramPaths.IsLookedFor(file.Path) => Programs.Contains(Unversioned(name)) ? Unversioned(name) : null,
            ImageFileKind.File or ImageFileKind.HardLink when file.Path.EndsWith("/site-packages/pip/__main__.py", StringComparison.Ordinal) || file.Path.EndsWith("/dist-packages/pip/__main__.py", StringComparison.Ordinal) => "pip",
            ImageFileKind.File or ImageFileKind.HardLink when file.Path.EndsWith("/node_modules/npm/bin/npm-cli.js", StringComparison.Ordinal) => "npm",
            _ => null,
        };
    }

    // pip3.12 and gem3.1 are pip3 and gem.
    private static string Unversioned(string name)
    {
        if (Programs.Contains(name))
        {
            return name;
        }

        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string stem = dot > 0 && name.AsSpan(dot + 1).IndexOfAnyExceptInRange('.', '9') < 0 ? name[..dot] : name;
        string bare = stem.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return Programs.Contains(stem) ? stem : Programs.Contains(bare) ? bare : name;
    }
}
