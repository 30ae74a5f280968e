using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Reporting;

/// <summary>Writes reports; the path's ending says the format.</summary>
internal sealed class ReportExporter : IExportReport
{
    private static readonly SortedDictionary<string, Func<IReadOnlyList<AuditResult>, byte[]>> Formats = new(StringComparer.Ordinal)
    {
        [".csv"] = CsvReport.Write,
        [".json"] = JsonReport.Write,
    };

    /// <inheritdoc/>
    public async Task ExportAsync(IReadOnlyList<AuditResult> results, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        // Every ending is known before the first report is made.
        string[] distinct = [.. paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        Func<IReadOnlyList<AuditResult>, byte[]>[] formats = [.. distinct.Select(Format)];
        KeyValuePair<string, byte[]>[] files = await Task.Run(() => distinct.Zip(formats, (path, format) => KeyValuePair.Create(path, format(results))).ToArray(), cancellationToken).ConfigureAwait(false);
        await FileSet.WriteAsync(files, cancellationToken).ConfigureAwait(false);
    }

    private static Func<IReadOnlyList<AuditResult>, byte[]> Format(string path)
        => Formats.TryGetValue(Path.GetExtension(path).ToLowerInvariant(), out Func<IReadOnlyList<AuditResult>, byte[]>? format)
            ? format
            : throw new ReportFormatUnknownException(path, [.. Formats.Keys]);
}
