using System.Management.Automation;
using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Turns what a user types into full paths, by the session's location and drives and never the process's.</summary>
internal sealed class SessionPaths(PathIntrinsics intrinsics)
{
    /// <summary>The full path of something that may not exist yet; wildcards are plain characters.</summary>
    internal string Full(string path)
    {
        try
        {
            string full = intrinsics.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem" ? full : throw new PathNotOnDiskException(path, provider.Name);
        }
        catch (SessionStateException exception)
        {
            throw new PathUnknownException(path, exception);
        }
    }

    /// <summary>
    /// The full paths that a path or wildcard names. A file of exactly that name comes first, so that a name with brackets,
    /// which the pipeline often carries, means itself.
    /// </summary>
    /// <exception cref="PathNotFoundException">There is none.</exception>
    internal IReadOnlyList<string> Existing(string path)
    {
        string full = Full(path);
        if (File.Exists(full) || Directory.Exists(full))
        {
            return [full];
        }

        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            throw new PathNotFoundException(full, "Give the path of something that exists; see Get-Location for where relative paths start.");
        }

        try
        {
            IReadOnlyList<string> found = intrinsics.GetResolvedProviderPathFromPSPath(path, out _);
            return found.Count > 0 ? [.. found.Order(StringComparer.Ordinal)]
                : throw new PathNotFoundException(path, "Give a wildcard that matches something.");
        }
        catch (ItemNotFoundException)
        {
            throw new PathNotFoundException(path, "Give a wildcard that matches something.");
        }
    }

    /// <summary>
    /// An image's name with its path, where it has one, made full. The transport is read before any provider path, so that
    /// <c>docker://</c> and <c>oci:</c> are never taken for drives.
    /// </summary>
    /// <exception cref="ImageReferenceInvalidException">It is not a name of an image.</exception>
    internal string Reference(string reference) => ImageReference.Parse(reference).MapPath(Full).ToString();
}
