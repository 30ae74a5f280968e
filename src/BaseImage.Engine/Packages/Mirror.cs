using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>A place that serves an archive: a URL or a folder.</summary>
/// <param name="Name">How it is called in messages: without user name and password.</param>
/// <param name="Url">The archive's root, ending with a slash; null for a folder.</param>
/// <param name="Folder">The archive's root as a full path; null for a URL.</param>
internal sealed record Mirror(string Name, Uri? Url, string? Folder)
{
    /// <summary>True where reading it opens a connection.</summary>
    public bool IsRemote => Url is not null;

    /// <summary>Reads a setting.</summary>
    /// <param name="value">A URL of http, https, file or copy, or a full path.</param>
    /// <param name="archiveId">The archive's id: a folder that holds several archives has a subfolder of that name.</param>
    /// <param name="forAny">True for a setting that names no archive: a URL is then also tried with the archive's id added.</param>
    /// <param name="setting">Where the value stands, for errors.</param>
    /// <exception cref="MirrorSettingInvalidException">It is none of these, or the folder does not exist.</exception>
    public static IReadOnlyList<Mirror> Parse(string value, string archiveId, bool forAny, string setting)
    {
        if (value.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || value.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            if (!Uri.TryCreate(value.EndsWith('/') ? value : value + "/", UriKind.Absolute, out Uri? url) || url.Query.Length > 0 || url.Fragment.Length > 0)
            {
                throw new MirrorSettingInvalidException(setting, value, "is not a URL of an archive's root");
            }

            return forAny ? [Of(url), Of(new Uri(url, archiveId + "/"))] : [Of(url)];
        }

        string? folder = FolderOf(value);
        if (folder is null || !Path.IsPathFullyQualified(folder))
        {
            throw new MirrorSettingInvalidException(setting, value, "is neither a URL nor a full path");
        }

        if (!Directory.Exists(folder))
        {
            throw new MirrorSettingInvalidException(setting, value, "does not exist");
        }

        string inner = Path.Combine(folder, archiveId);
        bool holdsSeveral = Directory.Exists(Path.Combine(inner, "dists")) || Directory.Exists(Path.Combine(inner, "pool"));
        folder = holdsSeveral ? inner : folder;
        return [new Mirror(folder, null, folder)];
    }

    /// <summary>A mirror of a URL.</summary>
    public static Mirror Of(Uri url)
        => new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.SafeUnescaped).TrimEnd('/'), url, null);

    /// <summary>Where a file of the archive lies on a remote mirror.</summary>
    public Uri UrlOf(string path) => new(Url!, string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));

    /// <summary>Where a file of the archive lies in a folder.</summary>
    public string PathOf(string path) => Path.Combine(Folder!, path.Replace('/', Path.DirectorySeparatorChar));

    private static string? FolderOf(string value)
    {
        foreach (string scheme in new[] { "file:", "copy:" })
        {
            if (value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                string path = value[scheme.Length..];
                path = path.StartsWith("///", StringComparison.Ordinal) ? path[2..] : path.StartsWith("//localhost/", StringComparison.OrdinalIgnoreCase) ? path["//localhost".Length..] : path;
                // file:///C:/folder
                path = path.Length > 2 && path[0] == '/' && path[2] == ':' && OperatingSystem.IsWindows() ? path[1..] : path;
                return Uri.UnescapeDataString(path);
            }
        }

        return value.Contains("://", StringComparison.Ordinal) ? null : value;
    }
}
