using System.Globalization;
using System.Runtime.CompilerServices;
using BaseImage.Definitions;
using BaseImage.Documents;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>Fetches a small file from one mirror, to see what archive it serves; null when it does not have it.</summary>
internal delegate Task<byte[]?> MirrorProbe(Mirror mirror, string path, CancellationToken cancellationToken);

/// <summary>
/// Which mirrors serve an archive, in the order in which they are asked: what the command line gives and nothing else;
/// else the environment, the settings files, apt's sources, and last Debian's snapshot archive at the lock's time.
/// </summary>
internal sealed class Mirrors
{
    private static readonly Uri Snapshots = new("https://snapshot.debian.org/archive/");

    /// <summary>What the command line says.</summary>
    public required ArchiveAccess Access { get; init; }

    /// <summary>Answers an environment variable's value, or null.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Reads settings files; null to read none.</summary>
    public IReadDataFile? DataFiles { get; init; }

    /// <summary>The settings files, nearest first; they need not exist.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>apt's folder; null where apt is not asked.</summary>
    public string? AptFolder { get; init; } = OperatingSystem.IsLinux() ? "/etc/apt" : null;

    /// <summary>The time at which the snapshot archive is asked; null to leave it out.</summary>
    public DateTimeOffset? SnapshotTime { get; init; }

    /// <summary>Where warnings go.</summary>
    public IReporter Reporter { get; init; } = SilentReporter.Instance;

    /// <summary>The environment variable that holds an archive's mirror.</summary>
    public static string VariableOf(string archiveId) => "BASEIMAGE_MIRROR_" + archiveId.ToUpperInvariant().Replace('-', '_');

    /// <summary>An archive's mirrors; later ones are worked out only when they are asked for.</summary>
    public async IAsyncEnumerable<Mirror> ForAsync(ArchiveSource archive, MirrorProbe probe, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        bool given = false;
        foreach (Mirror mirror in FromCommandLine(Given(archive.Id)))
        {
            given = true;
            if (seen.Add(mirror.Name))
            {
                yield return mirror;
            }
        }

        if (given)
        {
            yield break;
        }

        string? along = DistributionArchives.ServedAlongWith(archive.Id);
        IEnumerable<Mirror> set = FromEnvironment(archive.Id).Concat(FromConfig(archive.Id));
        foreach (Mirror mirror in (along is null ? set : set.Concat(FromEnvironment(along)).Concat(FromConfig(along))).Where(m => seen.Add(m.Name)))
        {
            yield return mirror;
        }

        await foreach (Mirror mirror in FromAptAsync(archive, probe, cancellationToken).ConfigureAwait(false))
        {
            if (seen.Add(mirror.Name))
            {
                yield return mirror;
            }
        }

        if (SnapshotTime is { } time && archive.Id is "debian" or "debian-security")
        {
            string at = SnapshotTime.Value.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            yield return Mirror.Of(new Uri(Snapshots, $"{archive.Id}/{at}/"));
        }
    }

    // The archive that the command line has mirrors for: this one, or the one that it is served along with.
    private string Given(string id)
        => DistributionArchives.ServedAlongWith(id) is { } along && Access.Mirrors.All(m => m.Key != id) && Access.Mirrors.Any(m => m.Key == along) ? along : id;

    private IReadOnlyList<Mirror> FromCommandLine(string id)
    {
        List<string> own = [.. Access.Mirrors.Where(m => m.Key == id).Select(m => m.Value)];
        return own.Count > 0
            ? [.. own.SelectMany(v => Mirror.Parse(v, id, forAny: false, "-Mirror"))]
            : [.. Access.Mirrors.Where(m => m.Key.Length == 0).SelectMany(m => Mirror.Parse(m.Value, id, forAny: true, "-Mirror"))];
    }

    private IReadOnlyList<Mirror> FromEnvironment(string id)
        => Environment(VariableOf(id)) is { Length: > 0 } value ? Mirror.Parse(value, id, forAny: false, VariableOf(id)) : [];

    private List<Mirror> FromConfig(string id)
    {
        List<Mirror> mirrors = [];
        foreach (string file in ConfigFiles.Where(f => DataFiles is not null && File.Exists(f)))
        {
            DataDocument document = DataFiles!.Read(file);
            if (document.Problems.Count > 0)
            {
                throw new MirrorSettingInvalidException(file, "", $"cannot be read: {document.Problems[0]}");
            }

            if (document.Root is not DataTable table)
            {
                throw new MirrorSettingInvalidException(file, "", "is missing: the file is not a table");
            }

            DataNode? settings = table.Entries.FirstOrDefault(e => string.Equals(e.Key, "Mirrors", StringComparison.OrdinalIgnoreCase))?.Value;
            if (settings is null)
            {
                continue;
            }

            if (settings is not DataTable byArchive)
            {
                throw new MirrorSettingInvalidException(settings.Position.ToString(), "Mirrors", "is not a table of archive ids and mirrors");
            }

            foreach (DataEntry entry in byArchive.Entries.Where(e => string.Equals(e.Key, id, StringComparison.OrdinalIgnoreCase)))
            {
                foreach (DataNode node in entry.Value is DataList list ? list.Items : [entry.Value])
                {
                    mirrors.AddRange(node is DataScalar { Value: string value }
                        ? Mirror.Parse(value, id, forAny: false, node.Position.ToString())
                        : throw new MirrorSettingInvalidException(node.Position.ToString(), (node as DataScalar)?.Text ?? "", "is not a string"));
                }
            }
        }

        return mirrors;
    }

    // An apt source says a URI, not which archive it is. Its Release file does, once its signature holds: so each
    // candidate is asked for the suite wanted, those first that are configured for a suite of that name.
    private async IAsyncEnumerable<Mirror> FromAptAsync(ArchiveSource archive, MirrorProbe probe, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (AptFolder is null || archive.ChecksumsOnly || archive.Keyring is null || archive.Suites.Count == 0)
        {
            yield break;
        }

        IReadOnlyList<AptSource> sources = await AptSources.ReadAsync(AptFolder, problem => Reporter.Warning($"A source of apt is passed over: {problem}"), cancellationToken).ConfigureAwait(false);
        Keyring? keyring = null;
        bool found = false;
        foreach (IGrouping<bool, AptSource> group in sources.Where(s => !s.Suite.EndsWith('/')).GroupBy(s => archive.Suites.Contains(s.Suite, StringComparer.Ordinal)).OrderByDescending(g => g.Key))
        {
            if (found)
            {
                break;
            }

            foreach (string uri in group.Select(s => s.Uri).Distinct(StringComparer.Ordinal))
            {
                if (TryParse(uri, archive.Id) is not { } mirror)
                {
                    continue;
                }

                keyring ??= await Keyrings.LoadAsync(archive.Keyring, cancellationToken).ConfigureAwait(false);
                if (await ServesAsync(mirror, archive, keyring, probe, cancellationToken).ConfigureAwait(false))
                {
                    found = true;
                    yield return mirror;
                }
            }
        }
    }

    private async Task<bool> ServesAsync(Mirror mirror, ArchiveSource archive, Keyring keyring, MirrorProbe probe, CancellationToken cancellationToken)
    {
        string suite = archive.Suites[0];
        string path = $"dists/{suite}/InRelease";
        byte[]? file = await probe(mirror, path, cancellationToken).ConfigureAwait(false);
        if (file is null)
        {
            return false;
        }

        try
        {
            // Which archive it is does not depend on how old it is: that is judged when the index is loaded.
            ReleaseFile release = ReleaseVerifier.VerifyInline(file, path, keyring, Access.AsOf ?? DateTimeOffset.UtcNow).Release;
            return ReleaseRules.IsSuite(release, archive.Id, suite) && ReleaseRules.IsArchive(release, archive.Id) && await HasArchitectureAsync(mirror, archive, probe, cancellationToken).ConfigureAwait(false);
        }
        catch (BaseImageException e)
        {
            Reporter.Verbose($"The source '{mirror.Name}' of apt is not the archive '{archive.Id}': {e.Message}");
            return false;
        }
    }

    // Two roots of one distribution may have the very same Release file, each with the indexes of its own architectures.
    private static async Task<bool> HasArchitectureAsync(Mirror mirror, ArchiveSource archive, MirrorProbe probe, CancellationToken cancellationToken)
        => archive.Architectures.Count == 0
            || await probe(mirror, $"dists/{archive.Suites[0]}/{archive.Components[0]}/binary-{archive.Architectures[0]}/Release", cancellationToken).ConfigureAwait(false) is not null;

    private Mirror? TryParse(string uri, string id)
    {
        try
        {
            return Mirror.Parse(uri, id, forAny: false, "apt")[0];
        }
        catch (MirrorSettingInvalidException e)
        {
            Reporter.Verbose($"A source of apt is passed over: {e.Message}");
            return null;
        }
    }
}
