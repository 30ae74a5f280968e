namespace BaseImage.Engine.Images;

/// <summary>The store is a layout whose names are <c>repository:tag</c>.</summary>
internal static class StoreNames
{
    /// <summary>The file in the store's folder that writers lock.</summary>
    internal const string LockFile = "lock";

    /// <summary>The name in the store's index.</summary>
    internal static string RefName(string repository, string tag) => $"{repository}:{(tag.Length == 0 ? "latest" : tag)}";

    /// <summary>True where one of an image's names is what the reference means: all of them for an empty name, a repository's without a tag.</summary>
    internal static bool Match(ImageReference reference, IEnumerable<string> names)
        => reference.Name.Length == 0 || names.Any(name => reference.Tag.Length == 0
            ? name.StartsWith(reference.Name + ":", StringComparison.Ordinal)
            : name == RefName(reference.Name, reference.Tag));

    /// <summary>The repository that an image is shown under: the one asked for, else the first name's.</summary>
    internal static string Repository(ImageReference reference, IReadOnlyList<string> names)
        => reference.Name.Length > 0 ? reference.Name
            : names.Count > 0 && names[0].LastIndexOf(':') is var colon and > 0 ? names[0][..colon] : "unnamed";
}
