namespace BaseImage.Ports;

/// <summary>Writes software bills of materials.</summary>
public interface IExportSbom
{
    /// <summary>
    /// Writes an image's documents, all or none: one a platform and path. The same image gives the same bytes, wherever it lies.
    /// </summary>
    /// <returns>The files, as full paths, in the order of the paths, then of platforms.</returns>
    Task<IReadOnlyList<string>> ExportAsync(SbomRequest request, IReporter reporter, CancellationToken cancellationToken);

    /// <summary>The format that a file's ending says; null where it says none.</summary>
    SbomFormat? FormatOf(string path);
}

/// <summary>Formats of software bills of materials.</summary>
public enum SbomFormat
{
    /// <summary>SPDX 2.3 (ISO/IEC 5962 in its later version), JSON: <c>.spdx.json</c>.</summary>
    Spdx,

    /// <summary>CycloneDX 1.6 (ECMA-424), JSON: <c>.cdx.json</c>.</summary>
    CycloneDx,
}

/// <summary>Whose document to write, and where to.</summary>
public sealed record SbomRequest
{
    /// <summary>The image, in skopeo's notation, paths already full.</summary>
    public required string Image { get; init; }

    /// <summary>
    /// Files and folders, as full paths. A file's ending says the format; a folder (one that exists, or a path with a separator
    /// at its end) gets a file a format. An image of several platforms gets the platform into the name, before the ending.
    /// </summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The formats: for folders, and the one of files whose ending says none. SPDX where none is given.</summary>
    public IReadOnlyList<SbomFormat> Formats { get; init; } = [];

    /// <summary>The platform; every one of the image's where none is given.</summary>
    public Platform? Platform { get; init; }

    /// <summary>What the documents call the image; null for its title, else its digest.</summary>
    public string? Name { get; init; }

    /// <summary>The lock that the image was built from, which knows packages' SHA-256; null for none.</summary>
    public ImageLock? Lock { get; init; }

    /// <summary>True to list packages and no files.</summary>
    public bool PackagesOnly { get; init; }

    /// <summary>Full paths that documents of other images were written to and that must not be written again.</summary>
    public IReadOnlySet<string> Taken { get; init; } = new HashSet<string>();
}
