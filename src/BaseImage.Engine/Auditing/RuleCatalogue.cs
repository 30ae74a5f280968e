using BaseImage.Documents;
using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Auditing.Rules;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing;

/// <summary>Every rule that there is: the classes of this assembly that implement <see cref="IAuditRule"/> or <see cref="IDockerfileRule"/>.</summary>
internal sealed class RuleCatalogue : IListRules
{
    /// <summary>Grows with every change in what a rule says of the same image, so that kept results can be told from new ones.</summary>
    public const int Version = 1;

    /// <summary>The catalogue of this assembly.</summary>
    public static RuleCatalogue Instance { get; } = new(Made<IAuditRule>(), Made<IDockerfileRule>());

    /// <summary>True for the rows that stand for what could not be read: no policy turns them off, changes or suppresses them.</summary>
    public static bool IsAlwaysTold(string id) => id.Equals(ReadableImage.Rule.Id, StringComparison.OrdinalIgnoreCase) || id.Equals(ReadableDockerfile.Rule.Id, StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes a catalogue.</summary>
    public RuleCatalogue(IEnumerable<IAuditRule> rules, IEnumerable<IDockerfileRule>? onDockerfiles = null)
    {
        Evaluated = [.. rules.OrderBy(rule => rule.Describe.Id, StringComparer.Ordinal)];
        OnDockerfiles = [.. (onDockerfiles ?? []).OrderBy(rule => rule.Describe.Id, StringComparer.Ordinal)];
        IEnumerable<AuditRule> dockerfiles = OnDockerfiles.Count == 0 ? [] : OnDockerfiles.Select(rule => rule.Describe).Prepend(ReadableDockerfile.Rule);
        Rules = [.. Evaluated.Select(rule => rule.Describe).Concat(dockerfiles).Concat(Structure.StructureRules.All).Prepend(ReadableImage.Rule).OrderBy(rule => rule.Id, StringComparer.Ordinal)];
        string? twice = Rules.GroupBy(rule => rule.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new InvalidOperationException($"Two rules have the id {twice}.");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<AuditRule> Rules { get; }

    /// <summary>The rules that are evaluated over facts, in order of ids.</summary>
    public IReadOnlyList<IAuditRule> Evaluated { get; }

    /// <summary>The rules on Dockerfiles, in order of ids.</summary>
    public IReadOnlyList<IDockerfileRule> OnDockerfiles { get; }

    /// <summary>Chooses rules by id or wildcard (<c>*</c>, <c>?</c>, letter case not counted).</summary>
    /// <param name="included">What to evaluate; empty for all.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <param name="own">Ids of rules that are not the catalogue's, which a pattern may mean too.</param>
    /// <exception cref="RuleNotFoundException">A pattern matches no rule.</exception>
    public IReadOnlyList<IAuditRule> Select(IReadOnlyList<string> included, IReadOnlyList<string> excluded, IReadOnlyList<string>? own = null)
    {
        Check(included, excluded, [.. Rules.Select(rule => rule.Id).Where(id => !IsOnDockerfiles(id)), .. own ?? []], "Test-BaseImageDockerfile");
        return [.. Evaluated.Where(rule => IsChosen(rule.Describe.Id, included, excluded))];
    }

    /// <summary>Chooses among the tests of files as <see cref="Select"/> does among rules.</summary>
    public static IReadOnlyList<IAuditRule> SelectTests(IEnumerable<Structure.StructureTestFile> files, IReadOnlyList<string> included, IReadOnlyList<string> excluded)
        => [.. files.SelectMany(file => file.Tests.Select(test => new Structure.StructureRule(file, test))).Where(rule => IsChosen(rule.Describe.Id, included, excluded))];

    /// <summary>Chooses rules on Dockerfiles as <see cref="Select"/> does rules on images.</summary>
    /// <param name="included">What to evaluate; empty for all.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <exception cref="RuleNotFoundException">A pattern matches no rule.</exception>
    public IReadOnlyList<IDockerfileRule> SelectOnDockerfiles(IReadOnlyList<string> included, IReadOnlyList<string> excluded)
    {
        Check(included, excluded, [.. Rules.Select(rule => rule.Id).Where(IsOnDockerfiles)], "Test-BaseImage");
        return [.. OnDockerfiles.Where(rule => IsChosen(rule.Describe.Id, included, excluded))];
    }

    private static bool IsOnDockerfiles(string id) => id.StartsWith("BI6", StringComparison.Ordinal);

    // What is left out may be a list for images and Dockerfiles alike; what is asked for has to be evaluated.
    private void Check(IReadOnlyList<string> included, IReadOnlyList<string> excluded, IReadOnlyList<string> here, string elsewhere)
    {
        string[] all = [.. here.Union(Rules.Select(rule => rule.Id), StringComparer.Ordinal)];
        foreach (string pattern in included.Concat(excluded))
        {
            if (!all.Any(id => Wildcard.IsMatch(pattern, id)))
            {
                throw new RuleNotFoundException(pattern, NearestKey.Find(pattern, here));
            }
        }

        if (included.Count > 0 && !included.Any(pattern => here.Any(id => Wildcard.IsMatch(pattern, id))))
        {
            throw new RuleNotFoundException(included[0], nearest: null, elsewhere);
        }
    }

    /// <summary>True for an id that is among what to evaluate and not among what to leave out.</summary>
    public static bool IsChosen(string id, IReadOnlyList<string> included, IReadOnlyList<string> excluded)
        => (included.Count == 0 || included.Any(pattern => Wildcard.IsMatch(pattern, id))) && !excluded.Any(pattern => Wildcard.IsMatch(pattern, id));

    private static IEnumerable<T> Made<T>() => typeof(RuleCatalogue).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)) && type.GetConstructor(Type.EmptyTypes) is not null)
        .Select(type => (T)Activator.CreateInstance(type)!);
}
