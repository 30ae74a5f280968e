using BaseImage.Engine.Reporting.Html;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Reporting;

/// <summary>Writes reports; the path's ending says the format.</summary>
/// <param name="fills">Finds out what fills the images, for the formats that show it; null to leave that out.</param>
internal sealed class ReportExporter(ImageFills? fills = null) : IExportReport
{
    private static readonly Dictionary<string, ImageFill?> NoFills = new(StringComparer.Ordinal);

    private static readonly SortedDictionary<string, ReportFormat> Formats = new(StringComparer.Ordinal)
    {
        [".csv"] = new((results, _) => CsvReport.Write(results)),
        [".html"] = new(HtmlReport.Write) { NeedsFills = true },
        [".htm"] = new(HtmlReport.Write) { NeedsFills = true },
        [".json"] = new((results, _) => JsonReport.Write(results)),
        [".md"] = new((results, _) => MarkdownReport.Write(results)),
        [".sarif"] = new((results, _) => SarifReport.Write(results)),
        [".xml"] = new((results, _) => JUnitReport.Write(results)),
    };

    /// <inheritdoc/>
    public async Task ExportAsync(IReadOnlyList<AuditResult> results, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        // Every ending is known before the first report is made.
        string[] distinct = [.. paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        ReportFormat[] formats = [.. distinct.Select(Format)];
        IReadOnlyDictionary<string, ImageFill?> filled = fills is not null && formats.Any(format => format.NeedsFills)
            ? await fills.ReadAsync(results, cancellationToken).ConfigureAwait(false)
            : NoFills;
        KeyValuePair<string, byte[]>[] files = await Task.Run(() => distinct.Zip(formats, (path, format) => KeyValuePair.Create(path, format.Write(results, filled))).ToArray(), cancellationToken).ConfigureAwait(false);
        await FileSet.WriteAsync(files, cancellationToken).ConfigureAwait(false);
    }

    // a.sarif.json is what GitHub's own tools call SARIF, and a.junit.xml what CI servers look for.
    private static ReportFormat Format(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        string ending = name.EndsWith(".sarif.json", StringComparison.Ordinal) ? ".sarif" : Path.GetExtension(name);
        return Formats.TryGetValue(ending, out ReportFormat? format) ? format : throw new ReportFormatUnknownException(path, [.. Formats.Keys]);
    }

    private sealed record ReportFormat(Func<IReadOnlyList<AuditResult>, IReadOnlyDictionary<string, ImageFill?>, byte[]> Write)
    {
        internal bool NeedsFills { get; init; }
    }
}
