using System.Collections.Concurrent;
using BaseImage.Engine.Building;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Building;

/// <summary>Locks of packages that a test makes, and the packages themselves, in memory.</summary>
internal sealed class TestLocks : IPackageSource
{
    private readonly Dictionary<Digest, byte[]> _packages = [];

    /// <summary>The epoch of every image unless a test says otherwise: 2024-06-01.</summary>
    public static DateTimeOffset Epoch { get; } = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A definition of nothing but a name.</summary>
    public static ImageDefinition Definition { get; } = new()
    {
        Path = "/definitions/test.image.psd1",
        Name = "test",
        From = new DistributionSource("debian", "bookworm"),
        Platforms = [Platform.LinuxAmd64],
        Config = new ImageConfig { User = "65532:65532", WorkingDir = "/" },
    };

    /// <summary>Archives that were opened, by package.</summary>
    public ConcurrentQueue<string> Opened { get; } = new();

    /// <summary>A lock of packages.</summary>
    public ImageLock Lock(params (Platform Platform, TestDeb[] Packages)[] platforms)
        => LockOf([.. platforms.Select(p => (p.Platform, p.Packages.Select(deb => Add(deb, deb.ToArray())).ToArray()))]);

    /// <summary>A lock of packages that were added.</summary>
    public static ImageLock LockOf(params (Platform Platform, LockedPackage[] Packages)[] platforms) => new()
    {
        Name = "test",
        DefinitionDigest = default,
        SnapshotTime = Epoch,
        Epoch = Epoch,
        Compressor = Codec.Gzip.Identity,
        Indexes = [],
        Platforms = [.. platforms.Select(p => new LockedPlatform(p.Platform, [.. p.Packages.OrderBy(package => package.Name, StringComparer.Ordinal)]))],
    };

    /// <summary>Puts a package of these bytes where builds find it.</summary>
    public LockedPackage Add(TestDeb deb, byte[] content) => Add(deb.Name, deb.Version, deb.Architecture, content);

    /// <summary>Puts a package of these bytes where builds find it.</summary>
    public LockedPackage Add(string name, string version, string architecture, byte[] content)
    {
        Digest digest = Digest.Of(content);
        _packages[digest] = content;
        return new LockedPackage
        {
            Name = name,
            Version = PackageVersion.Parse(version),
            Architecture = architecture,
            Archive = "debian",
            Path = $"pool/{name}_{version}_{architecture}.deb",
            Size = content.Length,
            Sha256 = digest,
            Source = name,
            SourceVersion = PackageVersion.Parse(version),
        };
    }

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyList<LockedPackage> packages, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(LockedPackage package, CancellationToken cancellationToken)
    {
        Opened.Enqueue(package.Name);
        return Task.FromResult<Stream>(new MemoryStream(_packages[package.Sha256]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
