using BaseImage.Documents;
using BaseImage.Engine.Definitions;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>Reads a policy file and those that it extends, the extended ones first. Bounded, and a circle is a mistake that shows it.</summary>
internal sealed class PolicyFiles(DataFiles files)
{
    /// <summary>How many files may extend one another.</summary>
    public const int MaxDepth = 8;

    /// <summary>How many files there may be in all.</summary>
    public const int MaxFiles = 64;

    /// <summary>Reads a file from a full path with all that it extends; mistakes of reading go to <paramref name="problems"/>.</summary>
    public async Task<IReadOnlyList<PolicyFile>> ReadAsync(string path, DataProblems problems, CancellationToken cancellationToken)
        => await ReadAsync(await files.ReadAsync(path, cancellationToken).ConfigureAwait(false), problems, cancellationToken).ConfigureAwait(false);

    /// <summary>The same for a file whose own text is at hand.</summary>
    public async Task<IReadOnlyList<PolicyFile>> ReadAsync(DataDocument document, DataProblems problems, CancellationToken cancellationToken)
    {
        List<PolicyFile> read = [];
        await AddAsync(document, [document.Path], read, problems, cancellationToken).ConfigureAwait(false);
        return read;
    }

    private async Task<IReadOnlyList<string>> AddAsync(DataDocument document, IReadOnlyList<string> chain, List<PolicyFile> read, DataProblems problems, CancellationToken cancellationToken)
    {
        problems.Add(document.Problems);
        List<string> over = [];
        if (document.Root is DataTable table)
        {
            foreach (DataScalar named in Named(table, problems))
            {
                if (Path(named, chain, read.Count, problems) is not { } full)
                {
                    continue;
                }

                // Two parents may share theirs; it counts once, where it was met first.
                if (read.Find(file => file.Path == full) is { } known)
                {
                    over.AddRange([.. known.Over, full]);
                    continue;
                }

                DataDocument extended = await files.ReadAsync(full, cancellationToken).ConfigureAwait(false);
                over.AddRange([.. await AddAsync(extended, [.. chain, full], read, problems, cancellationToken).ConfigureAwait(false), full]);
            }
        }

        read.Add(new PolicyFile(document.Path, document.Root, [.. over.Distinct(StringComparer.Ordinal)]));
        return over;
    }

    private static string? Path(DataScalar named, IReadOnlyList<string> chain, int count, DataProblems problems)
    {
        string text = (string)named.Value!;
        string shown = TableReader.Shown(text);
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl) || System.IO.Path.IsPathRooted(text))
        {
            problems.Add(named.Position, $"Extends is '{shown}', which is not a path from this file's own folder.", "Write a path such as '../shared/policy.psd1'.");
            return null;
        }

        string full = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(chain[^1]) ?? "", text.Replace('\\', '/')));
        if (chain.Contains(full, StringComparer.Ordinal))
        {
            problems.Add(named.Position, $"Extends leads back to '{shown}': {string.Join(" -> ", chain.SkipWhile(file => file != full).Append(full).Select(System.IO.Path.GetFileName))}.", "Take one of them out; a policy cannot extend itself.");
            return null;
        }

        if (chain.Count >= MaxDepth || count >= MaxFiles)
        {
            problems.Add(named.Position, $"More than {MaxDepth} policies extend one another, or {MaxFiles} in all.", "Bring them together into fewer files.");
            return null;
        }

        if (System.IO.Path.GetExtension(full).ToLowerInvariant() is not (".psd1" or ".json") || !File.Exists(full))
        {
            problems.Add(named.Position, $"Extends names '{shown}', which is no .psd1 or .json file that exists.", "Paths are taken from the folder of the file that names them.");
            return null;
        }

        return full;
    }

    private static IReadOnlyList<DataScalar> Named(DataTable table, DataProblems problems) => PolicyMerge.Find(table, "Extends") switch
    {
        null or DataScalar { Value: null } or DataRefused => [],
        DataList list => [.. list.Items.Select(item => TableReader.AsText(item, "Extends", problems)).OfType<DataScalar>()],
        { } one => [.. new[] { TableReader.AsText(one, "Extends", problems) }.OfType<DataScalar>()],
    };
}

/// <summary>A policy file as it was read.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Root">Its value; null where it could not be understood.</param>
/// <param name="Over">The files that it is laid over, directly or not.</param>
internal sealed record PolicyFile(string Path, DataNode? Root, IReadOnlyList<string> Over);
