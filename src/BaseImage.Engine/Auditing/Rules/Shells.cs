using System.Text;

namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2004: there is no shell.</summary>
internal sealed class Shells : IAuditRule
{
    private const int AnyExecute = 0x49;

    private static readonly HashSet<string> Names = new(
        ["sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "lksh", "pdksh", "oksh", "csh", "tcsh", "bsd-csh", "fish", "posh", "yash", "sash", "rc", "es", "elvish", "nu", "xonsh",
            "busybox", "busybox.static", "toybox", "static-sh", "bash-static", "zsh-static", "pwsh"],
        StringComparer.Ordinal);

    // Two names that ordinary files have as well count only where programs are looked for.
    private static readonly HashSet<string> Ambiguous = new(["rc", "es", "nu", "sh", "fish"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2004",
        Title = "No shell",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A shell is what most exploits run next: without one, an attacker who can start a program has nothing to start. Services need none; "
            + "an image that is debugged gets its tools from a debug container. Shells are found by name, by /etc/shells and by what the program says of itself, "
            + "so a renamed BusyBox counts as well; links to a shell are not counted again.",
        Remediation = "Leave out the package that brings the shell; start the service directly (exec form of Entrypoint), and debug with an ephemeral container.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        FileFacts files = facts.Files!;
        HashSet<string> listed = Listed(files);
        RuleFinding[] findings = [.. files.Where(static (files, file) => FileText.IsRegular(file) && ((file.Mode & AnyExecute) != 0 || files.Program(file) is ProgramKind.MultiCall or ProgramKind.Shell)).Where(file => IsShell(files, file, listed)).Select(file => new RuleFinding(file.Path, Describes(files, file)))];
        return RuleOutcome.Of(findings, "There is no shell.", failing => Words.Count(failing.Count, "shell is there", "shells are there"));
    }

    private static bool IsShell(FileFacts files, ImageFile file, HashSet<string> listed)
    {
        if (file.Kind is not (ImageFileKind.File or ImageFileKind.HardLink))
        {
            return false;
        }

        ProgramKind program = files.Program(file);
        if (program is ProgramKind.MultiCall or ProgramKind.Shell)
        {
            return true;
        }

        string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        bool mayRun = (file.Mode & AnyExecute) != 0;
        return mayRun && program is not ProgramKind.Script
            && (listed.Contains(file.Path) || (Names.Contains(name) && (ProgramPaths.IsLookedFor(file.Path) || (program == ProgramKind.Elf && !Ambiguous.Contains(name)))));
    }

    private static string Describes(FileFacts files, ImageFile file) => files.Program(file) switch
    {
        ProgramKind.MultiCall => $"a BusyBox or toybox, which is a shell and its tools in one{Words.From(file)}",
        ProgramKind.Shell => $"says that it is a shell{Words.From(file)}",
        _ when !IsNamed(file) => $"/etc/shells lists it{Words.From(file)}",
        _ => $"a shell{Words.From(file)}",
    };

    private static bool IsNamed(ImageFile file) => Names.Contains(file.Path[(file.Path.LastIndexOf('/') + 1)..]);

    private static HashSet<string> Listed(FileFacts files)
    {
        HashSet<string> paths = new(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(files.Read("/etc/shells").Span).Split('\n').Take(1_000))
        {
            string path = line.Trim();
            if (path.StartsWith('/') && files.Resolve(path) is { } file)
            {
                paths.Add(file.Path);
            }
        }

        return paths;
    }
}
