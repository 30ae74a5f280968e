using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>Writes bills of materials.</summary>
internal sealed class SbomExporter(Func<BaseImagePaths> paths, EngineImages? engine = null) : IExportSbom
{
    /// <inheritdoc/>
    public SbomFormat? FormatOf(string path) => SbomPaths.FormatOf(path);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ExportAsync(SbomRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        SbomPaths.Check(request);
        await using ImageInspection inspection = await ImageInspection.OpenAsync(request.Image, request.Platform, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        string name = inspection.Items[0].Image.Name;
        IReadOnlyList<(string Path, SbomFormat Format, int Platform)> files = SbomPaths.Of(request, request.Name ?? name, [.. inspection.Items.Select(item => item.Manifest.Platform)]);
        List<SbomContents> contents = [];
        foreach (PendingInspection item in inspection.Items)
        {
            reporter.Progress(new ProgressUpdate("Reading images", $"{name} {item.Manifest.Platform}", contents.Count, inspection.Items.Count));
            SbomContents read = await SbomReader.ReadAsync(item, request.Name, request.Lock, request.PackagesOnly, cancellationToken).ConfigureAwait(false);
            foreach (string remark in read.Remarks)
            {
                reporter.Warning($"{item.Reference} ({item.Manifest.Platform}): {remark}");
            }

            reporter.Verbose($"{item.Reference} ({item.Manifest.Platform}): {read.Packages.Count} packages, {read.Files.Count} files of no package.");
            contents.Add(read);
        }

        await FileSet.WriteAsync([.. files.Select(file => KeyValuePair.Create<string, Action<Stream>>(file.Path, stream => SbomDocument.Write(stream, contents[file.Platform], file.Format, cancellationToken)))], cancellationToken).ConfigureAwait(false);
        return [.. files.Select(file => file.Path)];
    }
}
