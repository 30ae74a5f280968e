using System.Management.Automation;
using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImage: images of the store, an engine, a registry, a layout or an archive, with config and layers.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImage")]
[OutputType(typeof(ContainerImage))]
public sealed class GetBaseImageCommand : EngineCmdlet
{
    private const string Store = "store:";
    private const string DockerDaemon = "docker-daemon:";

    /// <summary>
    /// Images in skopeo's notation, paths, or names with wildcards; every image of the module's store and of the container
    /// engine where none is given.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string item in Image)
        {
            if (IsPattern(item))
            {
                ReadMatching(item);
                continue;
            }

            string reference = "";
            if (Try(item, () => reference = Paths.Reference(item)))
            {
                Run(item, work => ReadAsync(reference, null, work));
            }
        }
    }

    // Names have no wildcard characters, so that what has one is a pattern, but for paths.
    private static bool IsPattern(string item) => WildcardPattern.ContainsWildcardCharacters(item) && !ImageReference.IsPath(item)
        && (item.StartsWith(Store, StringComparison.Ordinal) || item.StartsWith(DockerDaemon, StringComparison.Ordinal) || !ImageReference.TryParse(item, out _));

    private void ReadMatching(string item)
    {
        string? place = Array.Find([Store, DockerDaemon], prefix => item.StartsWith(prefix, StringComparison.Ordinal));
        WildcardPattern pattern = new(item[(place?.Length ?? 0)..], WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        if (place != DockerDaemon)
        {
            Run(item, work => ReadAsync(Store, pattern, work));
        }

        if (place != Store)
        {
            Run(item, async work =>
            {
                try
                {
                    await ReadAsync(DockerDaemon, pattern, work);
                }
                catch (EngineNotFoundException exception) when (place is null)
                {
                    // Whoever named no engine may have none.
                    work.Verbose(exception.Message);
                }
            });
        }
    }

    private async Task ReadAsync(string reference, WildcardPattern? pattern, PipelineWork work)
    {
        await foreach (ContainerImage image in Engine.Images.ReadAsync(reference == Store ? "" : reference, (image, failure) => work.WriteErrorAsync(failure, image), work.Stop))
        {
            if (pattern is null || Names(image).Any(pattern.IsMatch))
            {
                await work.WriteAsync(EngineLocation.Of(image, Address));
            }
        }
    }

    // The store's tags are tags alone, an engine's have the name before them. Podman puts localhost/ before its own.
    private static IEnumerable<string> Names(ContainerImage image)
    {
        const string Local = "localhost/";
        string[] names = [image.Name, .. image.Tags.SelectMany<string, string>(tag => [tag, $"{image.Name}:{tag}"])];
        return names.Concat(names.Where(name => name.StartsWith(Local, StringComparison.Ordinal)).Select(name => name[Local.Length..]));
    }
}
