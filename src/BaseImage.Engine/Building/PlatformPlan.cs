using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Building.Synthesis;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>One platform of a build: its packages, its file system and the fragments that its layer is cut into.</summary>
internal sealed record PlatformPlan
{
    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Its packages, in the lock's order.</summary>
    public required IReadOnlyList<LockedPackage> Packages { get; init; }

    /// <summary>What they ship, in the same order.</summary>
    public required IReadOnlyList<PackageListing> Listings { get; init; }

    /// <summary>The fragments, in the layer's order.</summary>
    public required IReadOnlyList<FragmentPlan> Fragments { get; init; }

    /// <summary>The image that it is put on; null for none.</summary>
    public BasePlatform? Base { get; init; }

    /// <summary>True where the definition adds nothing to its base but configuration, so that there is no layer to make.</summary>
    public bool IsEmpty => Base is not null && Fragments.All(fragment => fragment.Entries.Count == 0);

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Plans a platform.</summary>
    /// <param name="locked">The platform's part of the lock.</param>
    /// <param name="listings">What its packages ship, in the lock's order.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="files">Its files.</param>
    /// <param name="epoch">The newest time allowed, in seconds since 1970.</param>
    /// <param name="codec">How fragments are compressed.</param>
    /// <param name="below">The image that it is put on; null for none.</param>
    public static PlatformPlan Make(LockedPlatform locked, IReadOnlyList<PackageListing> listings, ImageDefinition definition, DefinitionFiles files, long epoch, Codec codec, BasePlatform? below = null)
    {
        (string Name, PackageListing Listing)[] packages = locked.Packages.Zip(listings, (package, listing) => (package.Name, listing)).ToArray();
        MergedPackages merged = PackageMerge.Merge(packages, below is null ? UsrMerge.Links(locked.Platform.DebianArchitecture, listings, epoch) : [], below?.Listing);
        List<string> warnings = [];
        for (int i = 0; i < packages.Length; i++)
        {
            warnings.AddRange(ScriptReview.Warnings(packages[i].Name, locked.Packages[i].Version.ToString(), listings[i]));
        }

        warnings.AddRange(merged.Overridden.Where(o => o.Loser < packages.Length).Select(o => $"'/{o.Path}' is in {packages[o.Loser].Name} and in {packages[o.Winner].Name} with other content; the image has the one of {packages[o.Winner].Name}."));
        ImageTree tree = new(packages, merged, epoch, below?.Listing);
        Synthesizer.Complete(tree, definition, files, locked.Packages.Select(package => package.Architecture).ToArray());
        if (below is not null)
        {
            BaseWhiteouts.Add(tree, below.Listing, Removals.Only(definition.Remove));
        }

        warnings.AddRange(tree.Warnings);
        return new PlatformPlan { Base = below, Platform = locked.Platform, Packages = locked.Packages, Listings = listings, Fragments = LayerPlanner.Plan(tree, codec), Warnings = warnings };
    }
}
