using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI3001: files of packages are as their packages shipped them.</summary>
internal sealed class PackageFilesDiffer : IAuditRule
{
    // What images commonly drop to be small; dpkg itself can be told to (path-exclude).
    private static readonly string[] Dropped = ["/usr/share/doc/", "/usr/share/man/", "/usr/share/info/", "/usr/share/locale/", "/usr/share/lintian/", "/usr/share/linda/", "/usr/share/groff/", "/usr/share/bug/", "/usr/share/doc-base/"];

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI3001",
        Title = "Files of packages are as they were shipped",
        Severity = Severity.High,
        Category = "Packages",
        Rationale = "A program that differs from the one its package shipped is either a patch that no scanner knows of or a manipulation. "
            + "Every file is compared with the MD5 that its package's md5sums gives; configuration files are not in those lists. "
            + "MD5 finds changes, not forgers: who can change the list as well can hide. Files that are missing are notes where images drop them to be small "
            + "(documentation, manual pages, translations) and in images that were assembled without a package manager; elsewhere they are reported as Low.",
        Remediation = "Change a package's file by building a package, or put the changed file beside it; reinstall the package where the change was not meant.",
        References = ["NIST SP 800-190 4.1.3", "CIS Docker Benchmark 4.11", "dpkg(1) --verify"],
        Equivalent = ["cis-docker:4.11"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        FileFacts files = facts.Files!;
        IReadOnlyList<PackageFileList> lists = PackageFileLists.Read(files);
        if (lists.Count == 0)
        {
            return RuleOutcome.Skip("The image has no md5sums of packages to compare with.");
        }

        DpkgDiversions diversions = DpkgDiversions.Read(files);
        List<RuleFinding> findings = [];
        char[] buffer = new char[4096];
        long compared = 0;
        foreach (PackageFileList list in lists)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Absent missing = new(), dropped = new();
            HashSet<string>? conffiles = null;
            for (PackageFileCursor listed = list.Read(buffer); listed.Next();)
            {
                ReadOnlySpan<char> path = diversions.Of(listed.Path, list.Package);
                if (files.Resolve(path) is not { } file)
                {
                    (list.IsAssembled || IsDropped(path) ? dropped : missing).Add(path);
                }
                else if (files.Md5(file) is { } actual)
                {
                    compared++;
                    if (actual != listed.Md5 && !(conffiles ??= PackageFileLists.Conffiles(files, list)).Contains(listed.Path.ToString()))
                    {
                        findings.Add(new RuleFinding(file.Path, $"differs from what package {list.Package} shipped (MD5 {actual}, not {listed.Md5})"));
                    }
                }
                else
                {
                    findings.Add(new RuleFinding(file.Path, $"is no regular file, though package {list.Package} shipped one"));
                }
            }

            AddMissing(findings, list.Package, missing, Severity.Low, "missing");
            AddMissing(findings, list.Package, dropped, Severity.Info, "dropped");
        }

        return RuleOutcome.Of(
            findings,
            $"{Words.Number(compared, "file", "files")} of {Words.Number(lists.Count, "package", "packages")} are as they were shipped.",
            failing => $"{Words.Number(failing.Count(f => f.Severity is null), "file differs", "files differ")} from what packages shipped; {Words.Count(failing.Count(f => f.Severity is not null), "package lacks files", "packages lack files")}");
    }

    private static bool IsDropped(ReadOnlySpan<char> path)
    {
        foreach (string place in Dropped)
        {
            if (path.StartsWith(place, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddMissing(List<RuleFinding> findings, string package, Absent absent, Severity severity, string key)
    {
        if (absent.Count > 0)
        {
            string more = absent.Count > absent.Names.Count ? string.Create(CultureInfo.InvariantCulture, $" and {absent.Count - absent.Names.Count} more") : "";
            findings.Add(new RuleFinding("", $"package {package} lacks {Words.Number(absent.Count, "file", "files")}: {string.Join(", ", absent.Names)}{more}", severity, $"{key}:{package}"));
        }
    }

    // How many files a package lacks, and the first few of them.
    private sealed class Absent
    {
        private const int Named = 3;

        public List<string> Names { get; } = new(Named);

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<char> path)
        {
            if (Count++ < Named)
            {
                Names.Add(path.ToString());
            }
        }
    }
}
