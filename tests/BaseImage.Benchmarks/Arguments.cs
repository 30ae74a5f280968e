using System.Globalization;

namespace BaseImage.Benchmarks;

/// <summary>The command line.</summary>
/// <param name="What"><c>build</c>, <c>lock</c>, <c>audit</c>, <c>compare</c>, <c>registry</c>, <c>codec</c> or <c>import</c>.</param>
/// <param name="Folder">Where everything is made: sets the file system. Its set of packages is kept for the next time.</param>
/// <param name="Definition">The definition's folder; null for the default set.</param>
/// <param name="Runs">Runs a row, after one that does not count.</param>
/// <param name="Json">Where the figures go as JSON; null for nowhere.</param>
/// <param name="Only">Rows whose name contains one of these, and their peers; empty for all.</param>
/// <param name="Input">The codecs' input; null for the runtime's assemblies.</param>
internal sealed record Arguments(string What, string Folder, string? Definition, int Runs, string? Json, IReadOnlyList<string> Only, string? Input)
{
    internal const string Help = """
        dotnet run -c Release --project tests/BaseImage.Benchmarks -- [build|lock|audit|compare|registry|codec|import] [--folder DIR] [--definition DIR] [--runs 5]
                                                                      [--only TEXT]... [--json FILE] [--input FILE]
        build   Build-BaseImage against mmdebstrap, and the floor (needs mmdebstrap, apt-ftparchive, dpkg-deb, xz, zstd, GNU time)
        lock    Update-BaseImageLock
        audit   Test-BaseImage against gzip -dc | sha256sum, images that share a base, 1 GB (needs tar, gzip, GNU time; dockerd and curl)
        compare Compare-BaseImage on images of 1 GB, identical and different (needs tar, gzip, GNU time)
        registry Copy-BaseImage of 500 MB to a layout against skopeo (needs docker-registry, skopeo, GNU time)
        codec   the layers' compressors against gzip -6
        import  Import-Module and the first cmdlet in fresh pwsh processes (--runs 7)
        """;

    internal static Arguments? Parse(string[] arguments)
    {
        Arguments result = new("build", Path.Combine(Path.GetTempPath(), "baseimage-benchmark"), null, 5, null, [], null);
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name is "build" or "lock" or "audit" or "compare" or "registry" or "codec" or "import")
            {
                result = result with { What = name };
                continue;
            }

            if (i + 1 == arguments.Length)
            {
                return null;
            }

            string value = arguments[++i];
            result = name switch
            {
                "--folder" => result with { Folder = Path.GetFullPath(value) },
                "--definition" => result with { Definition = Path.GetFullPath(value) },
                "--runs" => result with { Runs = int.Parse(value, CultureInfo.InvariantCulture) },
                "--json" => result with { Json = Path.GetFullPath(value) },
                "--only" => result with { Only = [.. result.Only, value] },
                "--input" => result with { Input = Path.GetFullPath(value) },
                _ => null!,
            };
            if (result is null)
            {
                return null;
            }
        }

        return result;
    }

    /// <summary>The rows to run: those asked for, and the peers they are divided by.</summary>
    internal IReadOnlyList<Row> Select(IEnumerable<Row> rows)
    {
        Row[] all = [.. rows];
        HashSet<string?> names = [.. all.Where(row => Only.Count == 0 || Only.Any(text => row.Name.Contains(text, StringComparison.OrdinalIgnoreCase))).SelectMany(row => new[] { row.Name, row.Peer })];
        return [.. all.Where(row => names.Contains(row.Name))];
    }
}
