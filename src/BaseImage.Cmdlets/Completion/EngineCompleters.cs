using System.Collections;
using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Completes names of images in the module's store and in the container engine.</summary>
public sealed class ImageCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
    {
        var stored = from image in CompletionRead.All(stop => EngineFactory.Engine.Images.ReadAsync("", PassOver, stop))
                     from tag in image.Tags.DefaultIfEmpty("")
                     select (tag.Length == 0 ? image.Reference : $"store:{image.Name}:{tag}", image.Reference);
        IBaseImageEngine engine = EngineFactory.Engine.At(new EngineAddress(bound["DockerHost"]?.ToString(), bound["DockerContext"]?.ToString()));

        // A name of one letter would read as a drive; a name as it is reads as the engine's.
        var loaded = from image in CompletionRead.All(stop => engine.Images.ReadAsync("docker-daemon:", PassOver, stop))
                     from tag in image.Tags
                     select (tag.IndexOf(':', StringComparison.Ordinal) == 1 ? "docker-daemon:" + tag : tag, image.Reference);
        return stored.Concat(loaded);
    }

    private static Task PassOver(string image, Exception failure) => Task.CompletedTask;
}

/// <summary>Completes names of Docker contexts.</summary>
public sealed class ContextCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => EngineFactory.Engine.Contexts.Select(context => (context, $"the Docker context {context}"));
}

/// <summary>Completes names of packages of the image or lock that is already typed.</summary>
public sealed class PackageCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
    {
        object? image = bound["Image"] is PSObject wrapped ? wrapped.BaseObject : bound["Image"];
        string? reference = image switch
        {
            string text => text,
            ContainerImage found => found.Reference,
            object[] { Length: > 0 } many => many[0].ToString(),
            _ => null,
        };
        if (reference is null || CompletionRead.SessionPaths() is not { } paths)
        {
            return [];
        }

        string full = paths.Reference(reference);
        return CompletionRead.All(stop => EngineFactory.Engine.Packages.ReadAsync(full, null, stop))
            .Select(package => package.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => (name, ""));
    }
}

/// <summary>Completes names of the stages of the Dockerfile that is already typed, or of the one that lies here.</summary>
public sealed class StageCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
    {
        object? typed = bound["Dockerfile"] is PSObject wrapped ? wrapped.BaseObject : bound["Dockerfile"];
        string path = (typed is object[] { Length: > 0 } many ? many[0] : typed)?.ToString() ?? ".";
        return CompletionRead.SessionPaths() is not { } paths ? []
            : from file in paths.Existing(path).Select(DockerfileFiles.One)
              from stage in CompletionRead.All(stop => EngineFactory.Engine.DockerfileBuilder.ReadStagesAsync(file, stop))
              select (stage, $"a stage of {file}");
    }
}

/// <summary>Completes names of what is cached.</summary>
public sealed class CacheNameCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => CompletionRead.All(stop => EngineFactory.Engine.CacheMaintenance.ReadAsync(verify: false, SilentReporter.Instance, stop))
            .Where(entry => entry.Name.Length > 0)
            .GroupBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(group => (group.Key, string.Join(", ", group.Select(entry => entry.Kind).Distinct())));
}
