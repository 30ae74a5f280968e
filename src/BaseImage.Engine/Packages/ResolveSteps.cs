namespace BaseImage.Engine.Packages;

/// <summary>What is still to be looked at, as a list whose tail the choices share: going back costs nothing.</summary>
/// <param name="By">The choice that took the owner; null for a request.</param>
/// <param name="Owner">The package whose dependency this is; null for a request.</param>
/// <param name="Group">The dependency; null for a request.</param>
/// <param name="Request">The request; null for a dependency.</param>
/// <param name="Expand">True where the request's package is chosen and its dependencies come next.</param>
/// <param name="Rest">What comes after.</param>
internal sealed record Agenda(ResolveChoice? By, PackageRecord? Owner, RelationGroup? Group, PackageRequest? Request, bool Expand, Agenda? Rest);

/// <summary>A decision that can be taken otherwise.</summary>
/// <param name="item">The dependency or request that it settles.</param>
/// <param name="options">What can be taken, the best first.</param>
/// <param name="level">How many choices came before it.</param>
/// <param name="chosenBefore">Packages chosen before it.</param>
internal sealed class ResolveChoice(Agenda item, List<PackageRecord> options, int level, int chosenBefore)
{
    /// <summary>The choice that took the package whose dependency this is; null for a request.</summary>
    public ResolveChoice? By => item.By;

    /// <summary>The package whose dependency this is; null for a request.</summary>
    public PackageRecord? Owner => item.Owner;

    /// <summary>The dependency; null for a request.</summary>
    public RelationGroup? Group => item.Group;

    /// <summary>The request; null for a dependency.</summary>
    public PackageRequest? Request => item.Request;

    /// <summary>What comes after it.</summary>
    public Agenda? Rest => item.Rest;

    /// <summary>What can be taken, the best first.</summary>
    public List<PackageRecord> Options { get; } = options;

    /// <summary>How many choices came before it.</summary>
    public int Level { get; } = level;

    /// <summary>Packages chosen before it.</summary>
    public int ChosenBefore { get; } = chosenBefore;

    /// <summary>The option to try next.</summary>
    public int Next { get; set; }

    /// <summary>What was taken.</summary>
    public PackageRecord Taken => Options[Next - 1];

    /// <summary>The levels of earlier choices that stand against its options so far.</summary>
    public SortedSet<int> Blamed { get; } = [];

    /// <summary>Why its options so far do not do.</summary>
    public List<ResolveReason> Reasons { get; } = [];
}

/// <summary>Why an option does not do.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="Option">The option; null where nothing satisfies the dependency.</param>
/// <param name="Other">The chosen package that stands against it; null where nothing satisfies the dependency.</param>
/// <param name="OtherBy">The choice that took the other.</param>
/// <param name="Excluder">Which of the two excludes the other; null where they are versions of one package.</param>
/// <param name="Relation">With what relation.</param>
internal sealed record ResolveReason(
    ResolveChoice Choice, PackageRecord? Option = null, PackageRecord? Other = null, ResolveChoice? OtherBy = null, PackageRecord? Excluder = null, Relation? Relation = null);
