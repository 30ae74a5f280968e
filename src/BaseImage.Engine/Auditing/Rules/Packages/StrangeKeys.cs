using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3027: keys that package managers trust come with packages.</summary>
internal sealed class StrangeKeys : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3027",
        Title = "Keys of package archives come with packages",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "Whoever holds a key that apt or apk trusts can put any package into images made from this one. Keys of the distribution come with its keyring "
            + "package; others were added by hand, and in trusted.gpg.d each vouches for every archive, the distribution's own included.",
        Remediation = "Put a vendor's key below /usr/share/keyrings and name it in Signed-By of that vendor's source alone; remove keys that installation needed and the "
            + "image does not.",
        References = ["apt-secure(8)", "apt-key(8)", "sources.list(5), Signed-By"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every trusted key came with a package.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("trusted key came with no package", "trusted keys came with no package");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.File && file.Package.Length == 0 && file.Size > 0
                && (file.Path == "/etc/apt/trusted.gpg" || file.Path.StartsWith("/etc/apt/trusted.gpg.d/", StringComparison.Ordinal) || file.Path.StartsWith("/etc/apk/keys/", StringComparison.Ordinal)))
            .Where(file => !packages.All.Any(package => package.Name is "debian-archive-keyring" or "ubuntu-keyring" or "alpine-keys" && IsOf(package.Name, file.Path)))
            .Select(file => new RuleFinding(file.Path, "is trusted for every archive, and came with no package"));

    // Keyring packages of Debian 11 and earlier copy their keys; alpine-keys of an image without its file list.
    private static bool IsOf(string package, string path)
        => path[(path.LastIndexOf('/') + 1)..].StartsWith(package switch { "alpine-keys" => "alpine-devel@", "ubuntu-keyring" => "ubuntu-", _ => "debian-archive-" }, StringComparison.Ordinal);
}
