using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>A suite whose signature was verified and whose package indexes are in the cache.</summary>
/// <param name="Index">What a lock records of it.</param>
/// <param name="Release">The Release file.</param>
/// <param name="SignedFiles">The signed bytes to keep beside the lock: file name and content.</param>
/// <param name="Packages">The package indexes.</param>
internal sealed record LoadedSuite(LockedIndex Index, ReleaseFile Release, IReadOnlyDictionary<string, byte[]> SignedFiles, IReadOnlyList<LoadedPackageIndex> Packages);

/// <summary>A Packages file, verified.</summary>
internal sealed class LoadedPackageIndex(ArchiveClient client, ArchiveSource archive, ArchiveFile file, LockedPackageIndex locked, string component, string architecture, ReleaseEntry? plain = null)
{
    /// <summary>The archive.</summary>
    public ArchiveSource Archive { get; } = archive;

    /// <summary>The file in the archive.</summary>
    public ArchiveFile File { get; } = file;

    /// <summary>Its path, size and digest.</summary>
    public LockedPackageIndex Locked { get; } = locked;

    /// <summary>The component, for instance <c>main</c>.</summary>
    public string Component { get; } = component;

    /// <summary>The architecture in its path; its packages may also be of <c>all</c>.</summary>
    public string Architecture { get; } = architecture;

    /// <summary>Reads every stanza into a universe, from the cache's own copy where there is one.</summary>
    public Task ReadAsync(PackageUniverse universe, IndexOrigin origin, CancellationToken cancellationToken)
    {
        (int Rows, int Names, int Provided) mark = universe.Mark;
        return new IndexReading(client, this, plain).RunAsync(
            content => new StanzaScanner(universe, origin, File.What).Read(content, cancellationToken), () => universe.GoBackTo(mark), cancellationToken);
    }

    /// <summary>Hands every stanza to a visitor, in the file's order. Holds one stanza at a time.</summary>
    public async Task ReadAsync(Action<ControlParagraph> visit, CancellationToken cancellationToken)
    {
        Stream compressed = await client.OpenAsync(Archive, File, cancellationToken).ConfigureAwait(false);
        await using (compressed.ConfigureAwait(false))
        {
            await Task.Run(() =>
            {
                using Stream content = Codecs.OpenDecompressed(compressed, File.What, DecompressionLimits.Index);
                Deb822Reader reader = new(content, File.What);
                while (reader.Read() is { } paragraph)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    visit(paragraph);
                }
            }, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>Loads an archive's indexes along the chain of trust: signature, times, suite, then size and digest of every index.</summary>
internal sealed class IndexLoader(ArchiveClient client)
{
    // Smallest first; a plain one last.
    private static readonly string[] Endings = [".xz", ".zst", ".gz", ".bz2", ""];

    /// <summary>Loads a suite.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="suite">The suite, one of the archive's.</param>
    /// <param name="architectures">Debian architectures, for instance <c>amd64</c>.</param>
    /// <param name="asOf">The time to judge at.</param>
    /// <param name="earlier">The Date that the present lock was made from, which must not be gone behind; null where there is none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BaseImageException">A link of the chain does not hold; nothing is taken from the suite.</exception>
    public async Task<LoadedSuite> LoadAsync(
        ArchiveSource archive, string suite, IReadOnlyList<string> architectures, DateTimeOffset asOf, DateTimeOffset? earlier, CancellationToken cancellationToken)
    {
        FetchedRelease fetched = await client.FetchReleaseAsync(archive, suite, cancellationToken).ConfigureAwait(false);
        VerifiedRelease verified = await VerifyAsync(archive, suite, fetched.Path, fetched.Content, fetched.Signature, asOf, earlier, cancellationToken).ConfigureAwait(false);
        ReleaseFile release = verified.Release;

        string[] served = [.. Served(archive, architectures)];
        List<LoadedPackageIndex> packages = [];
        foreach (string component in archive.Components)
        {
            IEnumerable<string> wanted = release.AllIsListedEverywhere ? served : served.Append("all");
            foreach (string architecture in wanted.Distinct(StringComparer.Ordinal))
            {
                packages.Add(Choose(archive, suite, release, component, architecture));
            }
        }

        await client.FetchAllAsync([.. packages.Select(p => (archive, p.File))], "Downloading package indexes", 0, cancellationToken).ConfigureAwait(false);
        LockedIndex index = new()
        {
            Archive = archive.Id,
            Suite = suite,
            Path = fetched.Path,
            Sha256 = Digest.Of(fetched.Content),
            Date = release.Date,
            ValidUntil = release.ValidUntil,
            Signer = verified.Signer,
            PackageIndexes = [.. packages.Select(p => p.Locked).OrderBy(p => p.Path, StringComparer.Ordinal)],
        };
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal) { [SignedFileName(archive.Id, fetched.Path)] = fetched.Content };
        if (fetched.Signature is not null)
        {
            files[SignedFileName(archive.Id, fetched.Path + ".gpg")] = fetched.Signature;
        }

        return new LoadedSuite(index, release, files, packages);
    }

    /// <summary>Verifies a Release file: signature, suite, archive, times. For files kept beside a lock as for fresh ones.</summary>
    /// <param name="archive">The archive, with its keyring.</param>
    /// <param name="suite">The suite.</param>
    /// <param name="path">The file's path under the archive's root; its name says which kind it is.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="signature">The bytes of Release.gpg; null for an InRelease.</param>
    /// <param name="asOf">The time to judge at.</param>
    /// <param name="earlier">The Date that must not be gone behind; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<VerifiedRelease> VerifyAsync(
        ArchiveSource archive, string suite, string path, byte[] content, byte[]? signature, DateTimeOffset asOf, DateTimeOffset? earlier, CancellationToken cancellationToken)
    {
        string name = $"{archive.Id}:{path}";
        VerifiedRelease verified;
        if (archive.ChecksumsOnly)
        {
            verified = ReleaseVerifier.ReadUnsigned(content, name);
        }
        else
        {
            Keyring keyring = await Keyrings.LoadAsync(archive.Keyring ?? throw new KeyringInvalidException("", $"of the archive '{archive.Id}' is not named in the definition"), cancellationToken).ConfigureAwait(false);
            verified = path.EndsWith("/InRelease", StringComparison.Ordinal)
                ? ReleaseVerifier.VerifyInline(content, name, keyring, asOf)
                : ReleaseVerifier.VerifyDetached(content, signature ?? throw new ReleaseUnsignedException(name), name, keyring, asOf);
        }

        ReleaseRules.Check(verified.Release, archive.Id, suite, asOf, earlier);
        return verified;
    }

    /// <summary>Those of some architectures that an archive serves.</summary>
    public static IEnumerable<string> Served(ArchiveSource archive, IEnumerable<string> architectures)
        => archive.Architectures.Count == 0 ? architectures : architectures.Where(architecture => archive.Architectures.Contains(architecture, StringComparer.Ordinal));

    /// <summary>The name under which a signed file is kept beside a lock: one per archive and path, safe on every file system.</summary>
    public static string SignedFileName(string archiveId, string path)
        => $"{archiveId}_{(path.StartsWith("dists/", StringComparison.Ordinal) ? path["dists/".Length..] : path).Replace('/', '_')}";

    private LoadedPackageIndex Choose(ArchiveSource archive, string suite, ReleaseFile release, string component, string architecture)
    {
        string folder = $"{component}/binary-{architecture}";
        foreach (string ending in Endings)
        {
            string path = $"{folder}/Packages{ending}";
            if (release.Files.TryGetValue(path, out ReleaseEntry? entry))
            {
                ArchiveFile file = new(
                    $"{archive.Id}:dists/{suite}/{path}", $"dists/{suite}/{path}", entry.Size, entry.Sha256,
                    release.AcquireByHash ? $"dists/{suite}/{folder}/by-hash/SHA256/{entry.Sha256.Hex}" : null);
                return new LoadedPackageIndex(client, archive, file, new LockedPackageIndex(path, entry.Size, entry.Sha256), component, architecture,
                    ending.Length == 0 ? null : release.Files.GetValueOrDefault($"{folder}/Packages"));
            }
        }

        throw new IndexNotOfferedException(release.Name, $"it lists no {folder}/Packages; it offers the components {string.Join(", ", release.Components)} for {string.Join(", ", release.Architectures)}");
    }
}
