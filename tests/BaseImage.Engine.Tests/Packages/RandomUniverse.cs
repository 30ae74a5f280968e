using System.Text;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>
/// A small archive in which everything that makes resolving hard is common: alternatives, two versions of a package,
/// virtual names with and without versions, conflicts with names real and provided, cycles, Multi-Arch.
/// </summary>
internal sealed class RandomUniverse
{
    private static readonly string[] Virtual = ["v", "w"];
    private readonly Random _random;
    private readonly string[] _names;
    private readonly List<string> _stanzas = [];

    public RandomUniverse(int seed)
    {
        _random = new Random(seed);
        _names = [.. Enumerable.Range(0, _random.Next(2, 7)).Select(i => ((char)('a' + i)).ToString())];
        foreach (string name in _names)
        {
            for (int version = 1; version <= _random.Next(1, 3); version++)
            {
                _stanzas.Add(Stanza(name, version));
            }
        }

        Requests = [.. _names.OrderBy(_ => _random.Next()).Take(_random.Next(1, 3)).Order(StringComparer.Ordinal).Select(n => new PackageRequest(n, "because", Roll(5) ? "1" : null, []))];
    }

    public IReadOnlyList<PackageRequest> Requests { get; }

    /// <summary>The universe; another order of stanzas for another shuffle.</summary>
    public PackageUniverse Open(int shuffle = 0)
    {
        PackageUniverse universe = new("amd64");
        Random order = new(shuffle);
        foreach (string stanza in shuffle == 0 ? _stanzas : [.. _stanzas.OrderBy(_ => order.Next())])
        {
            universe.Add(Encoding.UTF8.GetBytes(stanza), ResolverBench.Main);
        }

        return universe;
    }

    public override string ToString() => $"{string.Join("\n", _stanzas)}\nwanted: {string.Join(", ", Requests.Select(r => $"{r.Name} {r.Version}"))}";

    private string Stanza(string name, int version)
    {
        StringBuilder text = new();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"Package: {name}\nVersion: {version}\nArchitecture: {(Roll(4) ? "all" : "amd64")}\nFilename: {name}.deb\nSize: 1\nSHA256: {new string('a', 64)}\n");
        Field(text, "Pre-Depends", 8, 1, () => Group(2));
        Field(text, "Depends", 1, 3, () => Group(3));
        Field(text, "Provides", 3, 2, () => Roll(2) ? Any(Virtual) : $"{(Roll(4) ? Any(_names) : Any(Virtual))} (= {_random.Next(1, 3)})");
        Field(text, "Conflicts", 4, 1, () => One(Virtual));
        Field(text, "Breaks", 4, 1, () => One(_names));
        return text + (Roll(4) ? $"Multi-Arch: {Any(["same", "foreign", "allowed"])}\n" : "") + (Roll(8) ? "Priority: important\n" : "");
    }

    private void Field(StringBuilder text, string name, int oneIn, int most, Func<string> item)
    {
        string[] items = Roll(oneIn) ? [.. Enumerable.Range(0, _random.Next(0, most + 1)).Select(_ => item())] : [];
        text.Append(items.Length == 0 ? "" : $"{name}: {string.Join(", ", items)}\n");
    }

    private string Group(int most) => string.Join(" | ", Enumerable.Range(0, _random.Next(1, most + 1)).Select(_ => One(Roll(3) ? Virtual : _names)));

    private string One(string[] names) => $"{Any(names)}{(Roll(10) ? ":any" : "")}{(Roll(3) ? $" ({Any(["<<", "<=", "=", ">=", ">>"])} {_random.Next(1, 3)})" : "")}";

    private string Any(string[] from) => from[_random.Next(from.Length)];

    private bool Roll(int sides) => _random.Next(sides) == 0;
}
