using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Export-BaseImageSbom: software bills of materials in SPDX 2.3 and CycloneDX 1.6.</summary>
[Cmdlet(VerbsData.Export, "BaseImageSbom", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo), typeof(ContainerImage))]
public sealed class ExportBaseImageSbomCommand : ImageCmdlet
{
    // What this pipeline has written: one image's documents never replace another's.
    private readonly HashSet<string> _written = new(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>
    /// Files to write; several at once. The ending says the format: <c>.spdx.json</c> or <c>.cdx.json</c>. A folder that exists,
    /// or a path with a separator at its end, gets a file named after each image. Of an image of several platforms each gets
    /// a document of its own, with the platform before the ending.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The formats: of files in folders, and of a file whose ending says none. SPDX where none is given.</summary>
    [Parameter]
    public SbomFormat[] Format { get; set; } = [];

    /// <summary>The platform; every one of the image's where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>The lock that the image was built from, or the definition or folder that has it: packages get their archives' SHA-256 and paths by it.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Lock { get; set; }

    /// <summary>What the documents call the image. Its title where none is given, else its digest: never a place, so that the same image gives the same bytes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Lists packages and no files.</summary>
    [Parameter]
    public SwitchParameter PackageOnly { get; set; }

    /// <summary>Passes the images on, after their documents are written, instead of the files.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] paths = [];
        string? lockPath = null;
        if (Try(Path, () => paths = [.. Path.Select(Folders)]) && (Lock is null || Try(Lock, () => lockPath = DefinitionFiles.Locks(Paths.Existing(Lock)[0], recurse: false)[0])))
        {
            ForEachImage((engine, reference, work) => ExportAsync(engine, reference, paths, lockPath, work));
        }
    }

    // A separator at the end says that a folder is meant, and is lost where a path is made full.
    private string Folders(string path)
    {
        string full = Paths.Full(path);
        return (path.EndsWith('/') || System.IO.Path.EndsInDirectorySeparator(path)) && !System.IO.Path.EndsInDirectorySeparator(full) ? full + System.IO.Path.DirectorySeparatorChar : full;
    }

    private async Task ExportAsync(IBaseImageEngine engine, string reference, string[] paths, string? lockPath, PipelineWork work)
    {
        if (!await work.ShouldProcessAsync(string.Join(", ", paths), $"Write the bill of materials of '{reference}'"))
        {
            return;
        }

        IReadOnlyList<string> files = await engine.Sboms.ExportAsync(
            new SbomRequest
            {
                Image = reference,
                Paths = paths,
                Formats = Format,
                Platform = Platform,
                Name = Name,
                Lock = lockPath is null ? null : await engine.Locks.ReadAsync(lockPath, work.Stop),
                PackagesOnly = PackageOnly,
                Taken = _written,
            },
            work, work.Stop);
        _written.UnionWith(files);
        foreach (string file in PassThru ? [] : files)
        {
            await work.WriteAsync(new FileInfo(file));
        }

        if (PassThru)
        {
            await foreach (ContainerImage image in engine.Images.ReadAsync(reference, (_, failure) => Task.FromException(failure), work.Stop))
            {
                await work.WriteAsync(image);
            }
        }
    }
}
