namespace BaseImage.Engine.Packages;

/// <summary>What is still to be looked at, as a list whose tail the choices share: going back costs nothing.</summary>
/// <param name="Owner">The package whose dependency this is; null for a request.</param>
/// <param name="Group">The dependency; null for a request.</param>
/// <param name="Request">The request; null for a dependency.</param>
/// <param name="Expand">True where the request's package is chosen and its dependencies come next.</param>
/// <param name="Rest">What comes after.</param>
internal sealed record Agenda(PackageRecord? Owner, RelationGroup? Group, PackageRequest? Request, bool Expand, Agenda? Rest);

/// <summary>A decision that can be taken otherwise.</summary>
/// <param name="owner">The package whose dependency this is; null for a request.</param>
/// <param name="group">The dependency; null for a request.</param>
/// <param name="request">The request; null for a dependency.</param>
/// <param name="options">What can be taken, the best first.</param>
/// <param name="rest">What comes after it.</param>
/// <param name="chosenBefore">Packages chosen before it.</param>
internal sealed class ResolveChoice(
    PackageRecord? owner, RelationGroup? group, PackageRequest? request, List<PackageRecord> options, Agenda? rest, int chosenBefore)
{
    /// <summary>The package whose dependency this is; null for a request.</summary>
    public PackageRecord? Owner { get; } = owner;

    /// <summary>The dependency; null for a request.</summary>
    public RelationGroup? Group { get; } = group;

    /// <summary>The request; null for a dependency.</summary>
    public PackageRequest? Request { get; } = request;

    /// <summary>What can be taken, the best first.</summary>
    public List<PackageRecord> Options { get; } = options;

    /// <summary>What comes after it.</summary>
    public Agenda? Rest { get; } = rest;

    /// <summary>Packages chosen before it.</summary>
    public int ChosenBefore { get; } = chosenBefore;

    /// <summary>The option to try next.</summary>
    public int Next { get; set; }

    /// <summary>What was taken.</summary>
    public PackageRecord Taken => Options[Next - 1];
}
