using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Packages;

/// <summary>A place that an image's package manager is told to fetch from.</summary>
/// <param name="Path">The file that says it.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Uri">Where.</param>
/// <param name="Suite">apt's suite; Alpine's branch (<c>v3.20</c>, <c>edge</c>), empty where the address has none.</param>
/// <param name="IsApk">True for Alpine's.</param>
internal sealed record PackageSource(string Path, int Line, string Uri, string Suite, bool IsApk)
{
    /// <summary>True where the host is the distribution's own, whose indexes its own keys sign.</summary>
    public bool IsOwn => System.Uri.TryCreate(Uri, UriKind.Absolute, out System.Uri? address) && IsOwnHost(address.Host);

    /// <summary>The sources of an image, in order of files and lines; files that cannot be read give none.</summary>
    public static IReadOnlyList<PackageSource> Of(FileFacts files)
    {
        List<PackageSource> sources = [];
        foreach ((string path, ReadOnlyMemory<byte> content) in files.Contents)
        {
            if (path == "/etc/apk/repositories")
            {
                sources.AddRange(Repositories(path, content));
            }
            else if (path == "/etc/apt/sources.list" || path.StartsWith("/etc/apt/sources.list.d/", StringComparison.Ordinal))
            {
                sources.AddRange(Apt(path, content));
            }
        }

        return sources;
    }

    // Debian's mirrors have names below its domain, Ubuntu's country mirrors below that of its archive.
    private static bool IsOwnHost(string host)
    {
        string[] labels = host.ToLowerInvariant().Split('.');
        return labels.Length >= 3 && ($"{labels[^2]}.{labels[^1]}", labels[^3]) switch
        {
            ("debian.org", _) or ("ubuntu.com", "archive") => true,
            ("ubuntu.com", "security" or "ports" or "old-releases") or ("alpinelinux.org", "dl-cdn") => labels.Length == 3,
            _ => false,
        };
    }

    private static IEnumerable<PackageSource> Apt(string path, ReadOnlyMemory<byte> content)
    {
        try
        {
            return [.. (path.EndsWith(".sources", StringComparison.Ordinal) ? AptSources.ReadSources(content.ToArray(), path) : AptSources.ReadList(content.ToArray(), path))
                .Select(source => new PackageSource(path, source.Line, source.Uri, source.Suite.TrimEnd('/'), false))];
        }
        catch (BaseImageException)
        {
            return []; // apt refuses the file too
        }
    }

    // [@tag ]URI; v3.20 is the last but one part of https://host/alpine/v3.20/main.
    private static IEnumerable<PackageSource> Repositories(string path, ReadOnlyMemory<byte> content)
    {
        string[] lines = Encoding.UTF8.GetString(content.Span).Split('\n');
        for (int i = 0; i < lines.Length && i < 10_000; i++)
        {
            string uri = lines[i].Trim().Split(' ')[^1];
            if (uri.Length > 0 && lines[i].TrimStart()[0] != '#')
            {
                string[] parts = uri.TrimEnd('/').Split('/');
                yield return new PackageSource(path, i + 1, uri, parts.Length >= 2 ? parts[^2] : "", true);
            }
        }
    }
}
