namespace BaseImage.Engine.Packages;

/// <summary>Which packages could satisfy a relation, in the order in which apt would try them.</summary>
internal sealed class CandidateFinder
{
    private readonly PackageUniverse _universe;
    private readonly ResolveRequest _request;
    private readonly Dictionary<string, IReadOnlyList<PackageRecord>> _allowed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _patterns = new(StringComparer.Ordinal);

    public CandidateFinder(PackageUniverse universe, ResolveRequest request)
    {
        (_universe, _request) = (universe, request);
        foreach (PackageRequest package in request.Packages.Where(p => p.Version is not null))
        {
            _patterns[package.Name] = package.Version!;
        }
    }

    /// <summary>A real package's versions that the definition allows: the one to take first, then the others, newest first.</summary>
    public IReadOnlyList<PackageRecord> Versions(string name)
    {
        if (!_allowed.TryGetValue(name, out IReadOnlyList<PackageRecord>? found))
        {
            IEnumerable<PackageRecord> allowed = _universe.Versions(name);
            if (_patterns.TryGetValue(name, out string? pattern))
            {
                allowed = allowed.Where(r => VersionPattern.Matches(pattern, r.Version));
            }

            if (_request.Keep.TryGetValue(name, out PackageVersion? keep))
            {
                allowed = allowed.OrderByDescending(r => r.Version == keep);
            }

            _allowed.Add(name, found = [.. allowed]);
        }

        return found;
    }

    /// <summary>The packages that provide a name in the version that would be taken, the best first.</summary>
    public IEnumerable<PackageRecord> Providers(string name)
    {
        string? preferred = _request.Prefer.GetValueOrDefault(name);
        return _universe.Providers(name)
            .Where(p => p.Name != name && IsCandidate(p))
            .OrderByDescending(p => p.Name == preferred)
            .ThenByDescending(p => p.IsEssential)
            .ThenByDescending(p => p.IsImportant)
            .ThenBy(p => p.Priority)
            .ThenBy(p => p.Name, StringComparer.Ordinal);
    }

    /// <summary>
    /// Every package that satisfies one of the alternatives. A provider that Prefer names comes first, whichever
    /// alternative it provides. Then what apt considers: for each alternative the real package in the version that would
    /// be taken, then providers. After those, other versions, which apt never tries.
    /// </summary>
    public List<PackageRecord> Solutions(RelationGroup group)
    {
        IEnumerable<PackageRecord> preferred = _request.Prefer.Count == 0 ? []
            : group.Alternatives.SelectMany(r => First(r).Where(p => p.Name == _request.Prefer.GetValueOrDefault(r.Name)));
        return [.. preferred.Concat(group.Alternatives.SelectMany(First)).Concat(group.Alternatives.SelectMany(Others)).Distinct()];
    }

    /// <summary>What apt would consider for one alternative, the best first.</summary>
    public IEnumerable<PackageRecord> First(Relation relation)
        => Versions(relation.Name).Take(1).Concat(Providers(relation.Name)).Where(r => Fits(relation, r));

    private IEnumerable<PackageRecord> Others(Relation relation)
        => Versions(relation.Name).Skip(1)
            .Concat(_universe.Providers(relation.Name).Where(p => !IsCandidate(p) && Versions(p.Name).Contains(p)))
            .Where(r => Fits(relation, r));

    private bool Fits(Relation relation, PackageRecord record)
        => !_request.Without.ContainsKey(record.Name) && RelationRules.IsSatisfiedBy(relation, record, _universe.Architecture);

    private bool IsCandidate(PackageRecord record) => Versions(record.Name) is [PackageRecord first, ..] && ReferenceEquals(first, record);
}
