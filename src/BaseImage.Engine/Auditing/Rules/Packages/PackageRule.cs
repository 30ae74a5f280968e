using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>A rule about packages: skipped, with the reason, where no database says which there are.</summary>
internal abstract class PackageRule : ListingRule
{
    /// <inheritdoc/>
    public sealed override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => PackageFacts.Of(facts.Files!).Skipped;

    /// <inheritdoc/>
    protected sealed override IEnumerable<RuleFinding> Find(ImageFacts facts) => Find(facts, PackageFacts.Of(facts.Files!));

    /// <summary>What is wrong.</summary>
    protected abstract IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages);

    /// <summary>A finding about a package.</summary>
    protected static RuleFinding Of(InstalledPackage package, string message, Severity? severity = null)
        => new("", $"The package {package} {message}.", severity, "package:" + package.Name);
}
