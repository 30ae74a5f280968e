using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>Which files the documents of an image go to.</summary>
internal static class SbomPaths
{
    /// <summary>The format that a file's ending says; null where it says none.</summary>
    internal static SbomFormat? FormatOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.EndsWith(".spdx.json", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".spdx", StringComparison.OrdinalIgnoreCase) ? SbomFormat.Spdx
            : name.EndsWith(".cdx.json", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".cdx", StringComparison.OrdinalIgnoreCase) || name.Equals("bom.json", StringComparison.OrdinalIgnoreCase) ? SbomFormat.CycloneDx
            : null;
    }

    /// <summary>What is wrong with the paths is said before any image is read.</summary>
    /// <exception cref="SbomFormatUnknownException">A file's ending says no format, and no one format was named.</exception>
    internal static void Check(SbomRequest request)
    {
        foreach (string path in request.Paths.Where(path => !IsFolder(path)))
        {
            _ = FormatFor(path, request);
        }
    }

    /// <summary>The files, each with its format and the platform's place in the list of platforms.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="name">The image's name, for folders.</param>
    /// <param name="platforms">The platforms.</param>
    /// <exception cref="SbomPathTakenException">Two documents would have to be one file.</exception>
    internal static IReadOnlyList<(string Path, SbomFormat Format, int Platform)> Of(SbomRequest request, string name, IReadOnlyList<Platform> platforms)
    {
        List<(string Path, SbomFormat Format, int Platform)> files = [];
        HashSet<string> seen = new(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        seen.UnionWith(request.Taken);
        foreach (string path in request.Paths)
        {
            SbomFormat[] formats = IsFolder(path) ? request.Formats.Count == 0 ? [SbomFormat.Spdx] : [.. request.Formats.Distinct()] : [FormatFor(path, request)];
            foreach (SbomFormat format in formats)
            {
                string whole = IsFolder(path) ? Path.Combine(path, FileName(name) + SbomDocument.Ending(format)) : path;
                for (int i = 0; i < platforms.Count; i++)
                {
                    string file = Path.GetFullPath(platforms.Count == 1 ? whole : WithPlatform(whole, platforms[i]));
                    files.Add(seen.Add(file) ? (file, format, i) : throw new SbomPathTakenException(file, name));
                }
            }
        }

        return files;
    }

    private static bool IsFolder(string path) => Path.EndsInDirectorySeparator(path) || path.EndsWith('/') || Directory.Exists(path);

    private static SbomFormat FormatFor(string path, SbomRequest request)
        => FormatOf(path) ?? (request.Formats.Distinct().Take(2).ToArray() is [var only] ? only : throw new SbomFormatUnknownException(path));

    // web.spdx.json -> web.linux-arm64.spdx.json
    private static string WithPlatform(string path, Platform platform)
    {
        string folder = Path.GetDirectoryName(path) ?? "", file = Path.GetFileName(path);
        int ending = file.EndsWith(".spdx.json", StringComparison.OrdinalIgnoreCase) ? ".spdx.json".Length : file.EndsWith(".cdx.json", StringComparison.OrdinalIgnoreCase) ? ".cdx.json".Length : Path.GetExtension(file).Length;
        return Path.Combine(folder, $"{file[..^ending]}.{FileName(platform.ToString())}{file[^ending..]}");
    }

    private static string FileName(string name)
    {
        string safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).Trim('.', '-');
        return safe.Length == 0 ? "image" : safe.Length > 100 ? safe[..100] : safe;
    }
}
