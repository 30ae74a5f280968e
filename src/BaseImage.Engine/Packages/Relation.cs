namespace BaseImage.Engine.Packages;

/// <summary>How a relation limits versions. Source: Debian Policy 7.1.</summary>
internal enum RelationOperator
{
    /// <summary>No version is named.</summary>
    None,

    /// <summary><c>&lt;&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>&gt;&gt;</c></summary>
    Greater,
}

/// <summary>One package that a relationship field names.</summary>
/// <param name="Name">The package's name, real or virtual.</param>
/// <param name="Qualifier">What follows the name's colon: <c>any</c> or an architecture; null for none.</param>
/// <param name="Operator">How versions are limited.</param>
/// <param name="Version">The version; null where the operator is none.</param>
internal sealed record Relation(string Name, string? Qualifier, RelationOperator Operator, PackageVersion? Version)
{
    /// <summary>True where a package of this version is meant.</summary>
    public bool Allows(PackageVersion version)
    {
        if (Operator == RelationOperator.None)
        {
            return true;
        }

        int order = version.CompareTo(Version);
        return Operator switch
        {
            RelationOperator.Less => order < 0,
            RelationOperator.LessOrEqual => order <= 0,
            RelationOperator.Equal => order == 0,
            RelationOperator.GreaterOrEqual => order >= 0,
            _ => order > 0,
        };
    }

    /// <summary>As Policy writes it, for instance <c>libc6 (&gt;= 2.36)</c>.</summary>
    public override string ToString()
    {
        string name = Qualifier is null ? Name : $"{Name}:{Qualifier}";
        string sign = Operator switch
        {
            RelationOperator.Less => "<<",
            RelationOperator.LessOrEqual => "<=",
            RelationOperator.Equal => "=",
            RelationOperator.GreaterOrEqual => ">=",
            _ => ">>",
        };
        return Operator == RelationOperator.None ? name : $"{name} ({sign} {Version})";
    }
}

/// <summary>Alternatives, any of which is enough.</summary>
internal sealed record RelationGroup(IReadOnlyList<Relation> Alternatives)
{
    /// <summary>As Policy writes it, with bars.</summary>
    public override string ToString() => string.Join(" | ", Alternatives);
}
