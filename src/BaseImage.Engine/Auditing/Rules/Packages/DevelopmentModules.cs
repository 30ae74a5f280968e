namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3025: there are no test and build modules of languages.</summary>
internal sealed class DevelopmentModules : ListingRule
{
    private const string Modules = "/node_modules/";

    private static readonly HashSet<string> Node = new(
        ["jest", "mocha", "jasmine", "karma", "ava", "vitest", "cypress", "playwright", "eslint", "tslint", "prettier", "webpack", "rollup", "parcel", "vite", "gulp", "grunt", "nodemon", "ts-node", "nyc", "husky", "lerna", "@types/node"], StringComparer.Ordinal);

    private static readonly HashSet<string> Python = new(["pytest", "nose", "tox", "nox", "flake8", "pylint", "mypy", "black", "ruff", "coverage", "ipdb", "ipython", "jupyter", "notebook", "pre_commit", "twine"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3025",
        Title = "No test and build modules of languages",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "Test runners, linters and bundlers come with hundreds of packages of their own, have flaws of their own, and are there only because the "
            + "installation did not say that it is for production. They are found by the folders that npm and pip make.",
        Remediation = "Install with npm ci --omit=dev, pip install without the development extras, composer install --no-dev; or copy the built result alone.",
        References = ["NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There are no test and build modules.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("module for tests or builds is there", "modules for tests or builds are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.File && file.Package.Length == 0 && (file.Path.EndsWith("/package.json", StringComparison.Ordinal) || file.Path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal))))
        {
            if (file.Path.EndsWith("/package.json", StringComparison.Ordinal))
            {
                string folder = file.Path[..^"/package.json".Length];
                int at = folder.LastIndexOf(Modules, StringComparison.Ordinal);
                if (at >= 0 && Node.Contains(folder[(at + Modules.Length)..]))
                {
                    yield return new RuleFinding(folder, "is a module for tests or builds");
                }
            }
            else if (file.Path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal))
            {
                string folder = file.Path[..^"/METADATA".Length], name = folder[(folder.LastIndexOf('/') + 1)..].Split('-')[0];
                if (Python.Contains(name.ToLowerInvariant()))
                {
                    yield return new RuleFinding(folder, "is a module for tests or builds");
                }
            }
        }
    }
}
