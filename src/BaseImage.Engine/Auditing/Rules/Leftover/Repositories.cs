namespace BaseImage.Engine.Auditing.Rules.Leftover;

/// <summary>BI2035: no repository was copied along.</summary>
internal sealed class Repositories : ListingRule
{
    private static readonly Dictionary<string, string> Signs = new(StringComparer.Ordinal)
    {
        ["/.git/HEAD"] = "git", ["/.svn/format"] = "Subversion", ["/.svn/wc.db"] = "Subversion", ["/.svn/entries"] = "Subversion", ["/.hg/requires"] = "Mercurial", ["/.bzr/branch-format"] = "Bazaar", ["/CVS/Entries"] = "CVS", ["/_darcs/format"] = "Darcs",
    };

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2035",
        Title = "No version control's folders",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A .git folder holds all that was ever committed, also what was removed later: old keys, other customers' names, code that should not leave. "
            + "It comes with COPY . and grows the image by more than the code.",
        Remediation = "Write .git into .dockerignore, or export the tree (git archive); revoke what its history held.",
        References = ["NIST SP 800-190 4.1.4", "CWE-527"],
        Equivalent = ["dockle:DKL-LI-0003"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No repository was copied along.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("repository was copied along", "repositories were copied along");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && Signs.Keys.Any(sign => file.Path.EndsWith(sign, StringComparison.Ordinal))))
        {
            foreach ((string sign, string name) in Signs)
            {
                if (file.Path.EndsWith(sign, StringComparison.Ordinal) && seen.Add(FileText.Folder(file.Path)))
                {
                    string folder = FileText.Folder(file.Path);
                    yield return new RuleFinding(folder, $"is {name}'s repository, {Words.Size(facts.Files.All.Where(f => FileText.IsBelow(f.Path, folder)).Sum(f => f.Size))}");
                }
            }
        }
    }
}
