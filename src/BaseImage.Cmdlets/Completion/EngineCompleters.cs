using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Completes names of images in the module's store.</summary>
public sealed class ImageCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => from image in CompletionRead.All(stop => EngineFactory.Engine.Images.ReadAsync("", stop))
           from tag in image.Tags.DefaultIfEmpty("")
           select (tag.Length == 0 ? image.Reference : $"store:{image.Name}:{tag}", image.Reference);
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
        if (reference is null || Runspace.DefaultRunspace?.SessionStateProxy.Path is not { } paths)
        {
            return [];
        }

        string full = new SessionPaths(paths).Reference(reference);
        return CompletionRead.All(stop => EngineFactory.Engine.Packages.ReadAsync(full, null, stop))
            .Select(package => package.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => (name, ""));
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
