using System.Text;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>A universe written down in a few lines, and what the resolver makes of it.</summary>
internal sealed class ResolverBench
{
    public static readonly IndexOrigin Main = new("debian", "bookworm", "main", 0, false);
    public static readonly IndexOrigin Security = new("debian-security", "bookworm-security", "main", 1, true);

    private readonly PackageUniverse _universe = new("amd64");
    private readonly List<PackageRequest> _requests = [];
    private readonly SortedDictionary<string, string> _without = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _prefer = new(StringComparer.Ordinal);

    /// <summary>Adds a package: <c>name version</c>, then fields as <c>Depends: …</c>.</summary>
    public ResolverBench Has(string nameAndVersion, params string[] fields) => Has(Main, nameAndVersion, fields);

    public ResolverBench Has(IndexOrigin origin, string nameAndVersion, params string[] fields)
    {
        string[] parts = nameAndVersion.Split(' ');
        string stanza = $"Package: {parts[0]}\nVersion: {parts[1]}\nDescription: dropped\n and this line too\n"
            + (fields.Any(f => f.StartsWith("Architecture:", StringComparison.Ordinal)) ? "" : "Architecture: amd64\n")
            + string.Concat(fields.Select(f => f + "\n"))
            + $"Filename: pool/{parts[0]}.deb\nSize: 10\nSHA256: {new string('a', 64)}\n";
        _universe.Add(Encoding.UTF8.GetBytes(stanza), origin);
        return this;
    }

    public ResolverBench Wants(string name, string? version = null)
    {
        _requests.Add(new PackageRequest(name, "because", version, []));
        return this;
    }

    public ResolverBench Without(string name)
    {
        _without[name] = "not needed";
        return this;
    }

    public ResolverBench Prefers(string name, string provider)
    {
        _prefer[name] = provider;
        return this;
    }

    public Resolution Resolve() => Resolver.Resolve(
        _universe,
        new ResolveRequest { Packages = _requests, Without = _without, Prefer = _prefer, Platform = Platform.Parse("linux/amd64") },
        CancellationToken.None);

    /// <summary>The closure as <c>name=version</c>, in order.</summary>
    public string Closure() => string.Join(" ", Resolve().Packages.Select(p => $"{p.Record.Name}={p.Record.Version}"));
}
