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
        long compared = 0;
        foreach (PackageFileList list in lists)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<string> missing = [], dropped = [];
            foreach ((string listed, string md5) in list.Files)
            {
                string path = diversions.Of(listed, list.Package);
                if (files.Resolve(path) is not { } file)
                {
                    (list.IsAssembled || Dropped.Any(place => path.StartsWith(place, StringComparison.Ordinal)) ? dropped : missing).Add(path);
                }
                else if (files.Md5(file) is { } actual)
                {
                    compared++;
                    if (actual != md5 && !list.Conffiles.Contains(listed))
                    {
                        findings.Add(new RuleFinding(file.Path, $"differs from what package {list.Package} shipped (MD5 {actual}, not {md5})"));
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

    private static void AddMissing(List<RuleFinding> findings, string package, List<string> paths, Severity severity, string key)
    {
        if (paths.Count > 0)
        {
            string more = paths.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {paths.Count - 3} more") : "";
            findings.Add(new RuleFinding("", $"package {package} lacks {Words.Number(paths.Count, "file", "files")}: {string.Join(", ", paths.Take(3))}{more}", severity, $"{key}:{package}"));
        }
    }
}
