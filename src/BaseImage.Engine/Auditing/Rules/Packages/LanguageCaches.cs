namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3024: there are no caches of language package managers.</summary>
internal sealed class LanguageCaches : ListingRule
{
    private static readonly (string Place, string What)[] Places =
    [
        ("/.npm/_cacache/", "npm's cache"), ("/.npm/_npx/", "what npx downloaded"), ("/.cache/yarn/", "Yarn's cache"), ("/usr/local/share/.cache/", "Yarn's cache"), ("/.yarn/cache/", "Yarn's cache"),
        ("/.local/share/pnpm/store/", "pnpm's store"), ("/.pnpm-store/", "pnpm's store"), ("/.cache/pip/", "pip's cache"), ("/.cache/pypoetry/", "Poetry's cache"), ("/.cache/uv/", "uv's cache"),
        ("/go/pkg/mod/", "Go's modules"), ("/.cache/go-build/", "Go's build cache"), ("/.cargo/registry/", "Cargo's registry"), ("/usr/local/cargo/registry/", "Cargo's registry"), ("/.cargo/git/", "Cargo's sources"),
        ("/.m2/repository/", "Maven's repository"), ("/.gradle/caches/", "Gradle's cache"), ("/.ivy2/cache/", "Ivy's cache"), ("/.nuget/packages/", "NuGet's packages"), ("/.local/share/NuGet/", "NuGet's cache"),
        ("/.composer/cache/", "Composer's cache"), ("/.cache/composer/", "Composer's cache"), ("/.gem/specs/", "gem's cache"), ("/.bundle/cache/", "Bundler's cache"), ("/.conan2/p/", "Conan's packages"), ("/.cache/bazel/", "Bazel's cache"),
    ];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3024",
        Title = "No caches of language package managers",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "npm, pip, Go, Cargo, Maven, Gradle, NuGet and their like keep what they downloaded: packages of every stage of the build, also those that the "
            + "program does not use, with addresses of private registries, and read by scanners as if they were installed.",
        Remediation = "Build in a stage of its own, or with a cache mount; npm cache clean, pip install --no-cache-dir, rm -rf ~/.cargo/registry in the same step.",
        References = ["NIST SP 800-190 4.1.2"],
        Equivalent = ["hadolint:DL3042", "hadolint:DL3060"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There are no caches of language package managers.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("cache of a language package manager is there", "caches of language package managers are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        SortedDictionary<string, (string What, long Files, long Bytes)> found = new(StringComparer.Ordinal);
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.File && file.Package.Length == 0 && Array.Exists(Places, place => file.Path.Contains(place.Place, StringComparison.Ordinal))))
        {
            foreach ((string place, string what) in Places)
            {
                int at = file.Path.IndexOf(place, StringComparison.Ordinal);
                if (at >= 0)
                {
                    string folder = file.Path[..(at + place.Length - 1)];
                    (_, long files, long bytes) = found.GetValueOrDefault(folder);
                    found[folder] = (what, files + 1, bytes + file.Size);
                    break;
                }
            }
        }

        return found.Select(pair => new RuleFinding(pair.Key, $"is {pair.Value.What}: {Words.Number(pair.Value.Files, "file", "files")}, {Words.Size(pair.Value.Bytes)}"));
    }
}
