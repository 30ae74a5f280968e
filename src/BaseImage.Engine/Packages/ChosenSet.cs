namespace BaseImage.Engine.Packages;

/// <summary>The packages chosen so far, what they provide and what they exclude; the last choices can be taken back.</summary>
internal sealed class ChosenSet(string architecture)
{
    private readonly Dictionary<string, PackageRecord> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PackageRecord>> _providers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PackageRecord>> _excluders = new(StringComparer.Ordinal);
    private readonly List<PackageRecord> _order = [];
    private readonly Dictionary<string, ResolveChoice> _takenBy = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _order.Count;

    /// <summary>The packages in the order in which they were chosen.</summary>
    public IReadOnlyList<PackageRecord> Packages => _order;

    /// <summary>The chosen package of a name, or null.</summary>
    public PackageRecord? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The choice that took a chosen package.</summary>
    public ResolveChoice TakenBy(PackageRecord record) => _takenBy[record.Name];

    /// <summary>Adds a package that <see cref="Excluder"/> has nothing against.</summary>
    /// <param name="record">The package.</param>
    /// <param name="by">The choice that takes it.</param>
    public void Add(PackageRecord record, ResolveChoice by)
    {
        _takenBy.Add(record.Name, by);
        _byName.Add(record.Name, record);
        _order.Add(record);
        foreach (string name in Names(record.Provides))
        {
            Append(_providers, name, record);
        }

        foreach (string name in Names(record.Conflicts))
        {
            Append(_excluders, name, record);
        }
    }

    /// <summary>Takes back every choice after the first <paramref name="count"/>.</summary>
    public void TakeBackTo(int count)
    {
        while (_order.Count > count)
        {
            PackageRecord record = _order[^1];
            _order.RemoveAt(_order.Count - 1);
            _byName.Remove(record.Name);
            _takenBy.Remove(record.Name);
            foreach (string name in Names(record.Provides))
            {
                _providers[name].Remove(record);
            }

            foreach (string name in Names(record.Conflicts))
            {
                _excluders[name].Remove(record);
            }
        }
    }

    /// <summary>The chosen package that satisfies a relation, or null.</summary>
    public PackageRecord? Satisfier(Relation relation)
    {
        if (_byName.TryGetValue(relation.Name, out PackageRecord? real) && RelationRules.IsSatisfiedBy(relation, real, architecture))
        {
            return real;
        }

        return _providers.GetValueOrDefault(relation.Name)?.FirstOrDefault(p => RelationRules.IsSatisfiedBy(relation, p, architecture));
    }

    /// <summary>A chosen package that cannot be in one image with this one, and the relation that says so; null for none.</summary>
    public (PackageRecord Other, PackageRecord Owner, Relation Relation)? Excluder(PackageRecord record)
    {
        foreach (RelationGroup group in record.Conflicts)
        {
            Relation relation = group.Alternatives[0];
            PackageRecord? hit = _byName.TryGetValue(relation.Name, out PackageRecord? real) && real.Name != record.Name && RelationRules.Excludes(relation, real, architecture)
                ? real
                : _providers.GetValueOrDefault(relation.Name)?.FirstOrDefault(p => p.Name != record.Name && RelationRules.Excludes(relation, p, architecture));
            if (hit is not null)
            {
                return (hit, record, relation);
            }
        }

        foreach (string name in Names(record.Provides).Append(record.Name))
        {
            foreach (PackageRecord owner in (IEnumerable<PackageRecord>?)_excluders.GetValueOrDefault(name) ?? [])
            {
                Relation? relation = owner.Name == record.Name ? null
                    : owner.Conflicts.Select(g => g.Alternatives[0]).FirstOrDefault(r => r.Name == name && RelationRules.Excludes(r, record, architecture));
                if (relation is not null)
                {
                    return (owner, owner, relation);
                }
            }
        }

        return null;
    }

    private static IEnumerable<string> Names(IReadOnlyList<RelationGroup> groups) => groups.Select(g => g.Alternatives[0].Name).Distinct(StringComparer.Ordinal);

    private static void Append(Dictionary<string, List<PackageRecord>> map, string name, PackageRecord record)
    {
        if (!map.TryGetValue(name, out List<PackageRecord>? list))
        {
            map.Add(name, list = []);
        }

        list.Add(record);
    }
}
