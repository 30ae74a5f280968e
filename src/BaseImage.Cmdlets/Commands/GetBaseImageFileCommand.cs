using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageFile: the files of an image's merged file system.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageFile")]
[OutputType(typeof(ImageFile))]
public sealed class GetBaseImageFileCommand : ImageCmdlet
{
    private WildcardPattern[] _patterns = [];

    /// <summary>Absolute paths in the image to list; wildcards, in which <c>*</c> crosses folders. All where none is given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The platform; every one of the image's where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
        => _patterns = [.. Path.Select(path => new WildcardPattern(path.StartsWith('/') || path.StartsWith('*') ? path : "/" + path, WildcardOptions.CultureInvariant))];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachImage(async (engine, reference, work) =>
    {
        await foreach (ImageFile file in engine.Files.ReadAsync(reference, Platform, work.Stop))
        {
            if (_patterns.Length == 0 || Array.Exists(_patterns, pattern => pattern.IsMatch(file.Path)))
            {
                await work.WriteAsync(file);
            }
        }
    });
}
