using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3002: what lies in system folders belongs to packages.</summary>
internal sealed class UnownedFiles : PackageRule
{
    private const int AnyExecute = 0x49;

    private static readonly string[] Folders = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/"];

    private static readonly string[] Made =
        ["/lib/locale/", "/share/info/dir", "/share/mime/", "/schemas/gschemas.compiled", "/modules.dep", "/lib/jvm/", "/lib/apk/", "/lib/ghc/", "/share/applications/mimeinfo", "/share/fonts/", "/share/ca-certificates/", "/lib/udev/hwdb.bin", "/lib/sysimage/", "/share/vim/"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3002",
        Title = "System folders hold files of packages alone",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "What lies in /usr, /bin, /sbin or /lib and belongs to no package was copied there by hand: no update replaces it, no scanner knows its version, "
            + "and a library there is found before the package's own. Programs and libraries are reported; other files are one note. /usr/local, /opt, /srv and "
            + "other places for one's own are not looked at, nor are caches that packages' scripts make.",
        Remediation = "Build a package, or put the file below /usr/local or /opt.",
        References = ["Filesystem Hierarchy Standard 3.0, 4.9", "NIST SP 800-190 4.1.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Programs and libraries in system folders belong to packages.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program or library belongs to no package", "programs or libraries belong to no package");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        List<string> others = [];
        StartProgram start = StartProgram.Of(facts);
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => file.Package.Length == 0 && FileText.IsRegular(file) && IsSystem(file.Path) && !IsMade(file.Path)))
        {
            bool isLibrary = facts.Files.Elf(file) is { IsProgram: false }, isProgram = facts.Files.Program(file) != ProgramKind.None && (file.Mode & AnyExecute) != 0;
            if (isLibrary || isProgram)
            {
                bool isStart = start.File is { } program && program.Path == file.Path;
                yield return new RuleFinding(file.Path, isStart ? "belongs to no package; the image starts it" : $"is a {(isLibrary ? "library" : "program")} that belongs to no package", isStart ? Severity.Info : null);
            }
            else
            {
                others.Add(file.Path);
            }
        }

        if (others.Count > 0)
        {
            yield return new RuleFinding("", $"{Words.Number(others.Count, "other file belongs", "other files belong")} to no package, for instance {string.Join(", ", others.Take(3))}.", Severity.Info, "others");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => base.Skipped(facts) ?? (facts.Files!.Where(static (_, file) => file.Package.Length > 0).Any() ? null : "The package database has no lists of files.");

    private static bool IsSystem(string path)
        => !path.StartsWith("/usr/local/", StringComparison.Ordinal) && !path.StartsWith("/usr/src/", StringComparison.Ordinal)
            && Array.Exists(Folders, folder => path.StartsWith(folder, StringComparison.Ordinal));

    // What maintainer scripts and triggers make.
    private static bool IsMade(string path)
        => path.EndsWith(".pyc", StringComparison.Ordinal) || path.EndsWith(".cache", StringComparison.Ordinal) || Array.Exists(Made, place => path.Contains(place, StringComparison.Ordinal));
}
