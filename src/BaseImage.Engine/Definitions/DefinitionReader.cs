using BaseImage.Definitions;
using BaseImage.Documents;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Definitions;

/// <summary>Reads a definition in either notation, with everything it extends.</summary>
internal sealed class DefinitionReader(DataFiles files) : IReadDefinition
{
    private const int MaxDepth = 8;
    private const int MaxFiles = 64;

    /// <inheritdoc/>
    /// <exception cref="DefinitionInvalidException">It has mistakes; all of them are told.</exception>
    /// <exception cref="PathNotFoundException">It does not exist.</exception>
    public async Task<ImageDefinition> ReadAsync(string path, CancellationToken cancellationToken)
    {
        Reading reading = new(new DataProblems(), [], cancellationToken);
        DataDocument document = await files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        DataNode? root = await ExpandAsync(document, [path], reading).ConfigureAwait(false);

        // The file's own mistakes come first in what is shown; where it could not be read at all there is nothing to validate.
        ImageDefinition? definition = DefinitionValidator.Validate(root, path, File.Exists, reading.Problems);
        if (definition is null || reading.Problems.Any)
        {
            throw new DefinitionInvalidException(path, reading.Problems.Items);
        }

        definition = definition with { Extends = reading.Extended };
        return definition with { ModelDigest = DefinitionModel.DigestOf(definition) };
    }

    private async Task<DataNode?> ExpandAsync(DataDocument document, IReadOnlyList<string> chain, Reading reading)
    {
        reading.Problems.Add(document.Problems);
        if (document.Root is not DataTable own)
        {
            return document.Root;
        }

        DataTable? merged = null;
        foreach (DataScalar named in Named(own, reading.Problems))
        {
            if (await ExtendedAsync(named, chain, reading).ConfigureAwait(false) is DataTable extended)
            {
                merged = merged is null ? DefinitionMerge.Without(extended) : DefinitionMerge.Merge(merged, extended);
            }
        }

        return merged is null ? DefinitionMerge.Without(own) : DefinitionMerge.Merge(merged, own);
    }

    private async Task<DataNode?> ExtendedAsync(DataScalar named, IReadOnlyList<string> chain, Reading reading)
    {
        string text = (string)named.Value!;
        string folder = Path.GetDirectoryName(chain[^1]) ?? "";
        string shown = TableReader.Shown(text);
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl) || Path.IsPathRooted(text))
        {
            reading.Problems.Add(named.Position, $"Extends is '{shown}', which is not a path from this file's own folder.", "Write a path such as '../shared/company.psd1'.");
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(folder, text.Replace('\\', '/')));
        if (chain.Contains(full, StringComparer.Ordinal))
        {
            reading.Problems.Add(named.Position, $"Extends leads back to '{shown}': {string.Join(" -> ", chain.SkipWhile(file => file != full).Append(full).Select(file => Path.GetFileName(file)))}.", "Take one of them out; a definition cannot extend itself.");
            return null;
        }

        if (chain.Count > MaxDepth || reading.Extended.Count >= MaxFiles)
        {
            reading.Problems.Add(named.Position, $"More than {MaxDepth} definitions extend one another, or {MaxFiles} in all.", "Bring them together into fewer files.");
            return null;
        }

        if (!File.Exists(full))
        {
            reading.Problems.Add(named.Position, $"Extends names '{shown}', which does not exist.", "Paths are taken from the folder of the file that names them.");
            return null;
        }

        if (Path.GetExtension(full).ToLowerInvariant() is not (".psd1" or ".json"))
        {
            reading.Problems.Add(named.Position, $"Extends names '{shown}', which is neither .psd1 nor .json.", "Name a definition.");
            return null;
        }

        reading.Extended.Add(full);
        DataDocument document = await files.ReadAsync(full, reading.CancellationToken).ConfigureAwait(false);
        return await ExpandAsync(document, [.. chain, full], reading).ConfigureAwait(false);
    }

    private static IReadOnlyList<DataScalar> Named(DataTable own, DataProblems problems)
    {
        DataEntry? entry = own.Entries.FirstOrDefault(e => string.Equals(e.Key, "Extends", StringComparison.OrdinalIgnoreCase));
        IReadOnlyList<DataNode> items = entry?.Value switch { null or DataScalar { Value: null } => [], DataList list => list.Items, { } one => [one] };
        return [.. items.Select(item => TableReader.AsText(item, "Extends", problems)).OfType<DataScalar>()];
    }

    private sealed record Reading(DataProblems Problems, List<string> Extended, CancellationToken CancellationToken);
}
