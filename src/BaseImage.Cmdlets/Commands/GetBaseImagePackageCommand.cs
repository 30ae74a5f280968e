using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImagePackage: the packages inside an image or a lock.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImagePackage", DefaultParameterSetName = "Image")]
[OutputType(typeof(ImagePackage))]
public sealed class GetBaseImagePackageCommand : EngineCmdlet
{
    private ImageQueue? _queue;
    private WildcardPattern[] _patterns = [];

    /// <summary>Images in skopeo's notation, paths, images of the pipeline, or paths of locks (<c>NAME.lock.json</c>).</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Image")]
    [Alias("Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>Locks, as Get-BaseImageLock writes them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Lock")]
    public ImageLock[] Lock { get; set; } = [];

    /// <summary>The packages' names; wildcards. All where none is given.</summary>
    [Parameter(Position = 1, ParameterSetName = "Image")]
    [Parameter(Position = 0, ParameterSetName = "Lock")]
    [ArgumentCompleter(typeof(PackageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The platform; every one where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _patterns = [.. Name.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _queue ??= new ImageQueue(Run);
        foreach (ImageLock imageLock in ParameterSetName == "Lock" ? Lock : [])
        {
            Run(imageLock.Path, work => WriteAsync(PackagesOf(imageLock), work));
        }

        foreach (string item in ParameterSetName == "Image" ? Image : [])
        {
            if (item.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase))
            {
                _queue.Flush();
                ReadLocks(item);
                continue;
            }

            string reference = "";
            if (Try(item, () => reference = Paths.Reference(item)))
            {
                _queue.Add(Engine, item, reference, async (engine, work) =>
                {
                    await foreach (ImagePackage package in engine.Packages.ReadAsync(reference, Platform, work.Stop))
                    {
                        await WriteAsync([package], work);
                    }
                });
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => _queue?.Flush();

    private void ReadLocks(string item)
    {
        IReadOnlyList<string> files = [];
        if (Try(item, () => files = Paths.Existing(item)))
        {
            foreach (string file in files)
            {
                Run(file, async work => await WriteAsync(PackagesOf(await Engine.Locks.ReadAsync(file, work.Stop)), work));
            }
        }
    }

    private IEnumerable<ImagePackage> PackagesOf(ImageLock imageLock)
        => from platform in imageLock.Platforms
           where Platform is null || platform.Platform == Platform
           from package in platform.Packages
           select new ImagePackage
           {
               Name = package.Name,
               Version = package.Version,
               Architecture = package.Architecture,
               Source = package.Source,
               SourceVersion = package.SourceVersion,
               Reason = package.Reason.Length > 0 ? package.Reason : "needed by " + string.Join(", ", package.NeededBy),
               Digest = package.Sha256,
               Image = imageLock.Path,
               Platform = platform.Platform,
           };

    private async Task WriteAsync(IEnumerable<ImagePackage> packages, PipelineWork work)
    {
        foreach (ImagePackage package in packages)
        {
            if (_patterns.Length == 0 || Array.Exists(_patterns, pattern => pattern.IsMatch(package.Name)))
            {
                await work.WriteAsync(package);
            }
        }
    }
}
