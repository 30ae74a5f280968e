namespace BaseImage;

/// <summary>A package inside an image or a lock.</summary>
public sealed record ImagePackage
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its version, which compares by its ecosystem's rules.</summary>
    public required PackageVersion Version { get; init; }

    /// <summary>Its architecture, as its ecosystem names it.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The source package; the same as <see cref="Name"/> where the database says nothing else.</summary>
    public string Source { get; init; } = "";

    /// <summary>The source package's version.</summary>
    public PackageVersion? SourceVersion { get; init; }

    /// <summary>Who maintains it.</summary>
    public string Maintainer { get; init; } = "";

    /// <summary>Its licence as an SPDX expression, where it or its copyright file says one; <c>LicenseRef-…</c> stands for one that the SPDX list has not. Empty for unknown.</summary>
    public string License { get; init; } = "";

    /// <summary>Bytes it says it installs.</summary>
    public long InstalledSize { get; init; }

    /// <summary>Why it is there; known of locks and of images that we built.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The package's SHA-256; known of locks.</summary>
    public Digest Digest { get; init; }

    /// <summary>Whose package it is, and whose rules its version goes by.</summary>
    public PackageEcosystem Ecosystem => Version.Ecosystem;

    /// <summary>Its name in the notation of package-url, for instance <c>pkg:deb/debian/tzdata@2026a-0?arch=all</c>; known of images.</summary>
    public string PackageUrl { get; init; } = "";

    /// <summary>The file that says it is there, absolute: known of packages that no database of the system lists.</summary>
    public string Location { get; init; } = "";

    /// <summary>The image, pinned, or the lock's path.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image's platform.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The packages of a lock, platform by platform, in the lock's order; why each is there comes from the lock.</summary>
    public static IEnumerable<ImagePackage> FromLock(ImageLock imageLock)
    {
        ArgumentNullException.ThrowIfNull(imageLock);
        return imageLock.Platforms.SelectMany(platform => platform.Packages.Select(package => new ImagePackage
        {
            Name = package.Name,
            Version = package.Version,
            Architecture = package.Architecture,
            Source = package.Source,
            SourceVersion = package.SourceVersion,
            Reason = package.Reason.Length > 0 || package.NeededBy.Count == 0 ? package.Reason : $"needed by {string.Join(", ", package.NeededBy)}",
            Digest = package.Sha256,
            Image = imageLock.Path,
            Platform = platform.Platform,
        }));
    }

    /// <summary>Name and version as apt writes them.</summary>
    public override string ToString() => $"{Name}={Version}";
}
