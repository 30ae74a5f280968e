namespace BaseImage.Engine.Packages;

/// <summary>
/// When a package satisfies a relation. Source: Debian Policy 7.1 and 7.5 (virtual packages), and the Multi-Arch
/// specification: <c>:any</c> asks for a package that is <c>Multi-Arch: allowed</c>. A platform has packages of its own
/// architecture and of <c>all</c> alone, so <c>:native</c> and its own name say nothing new, another architecture's name is
/// never satisfied, and <c>same</c> and <c>foreign</c> make no difference.
/// </summary>
internal static class RelationRules
{
    /// <summary>True where the package itself or what it provides satisfies the relation.</summary>
    /// <param name="relation">A dependency.</param>
    /// <param name="record">A package.</param>
    /// <param name="architecture">The platform's architecture.</param>
    public static bool IsSatisfiedBy(Relation relation, PackageRecord record, string architecture)
        => QualifierFits(relation.Qualifier, record, architecture) && Matches(relation, record);

    /// <summary>True where Conflicts or Breaks with this relation mean the package.</summary>
    public static bool Excludes(Relation relation, PackageRecord record, string architecture)
        => (relation.Qualifier is null or "any" || QualifierFits(relation.Qualifier, record, architecture)) && Matches(relation, record);

    private static bool Matches(Relation relation, PackageRecord record)
        => (relation.Name == record.Name && relation.Allows(record.Version)) || record.Provides.Any(g => Provides(g.Alternatives[0], relation));

    // Policy 7.5: without a version it satisfies no versioned relation; with one it counts as exactly that version.
    private static bool Provides(Relation provided, Relation relation)
        => provided.Name == relation.Name
            && (relation.Operator == RelationOperator.None
                || (provided is { Operator: RelationOperator.Equal, Version: not null } && relation.Allows(provided.Version)));

    private static bool QualifierFits(string? qualifier, PackageRecord record, string architecture) => qualifier switch
    {
        null => true,
        "any" => record.MultiArch == "allowed",
        "native" => true,
        _ => qualifier == architecture,
    };
}
