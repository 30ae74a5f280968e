using System.Globalization;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>A file that a Release file lists.</summary>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Its SHA-256.</param>
internal sealed record ReleaseEntry(long Size, Digest Sha256);

/// <summary>
/// What a Release file says. Of its lists of checksums only the one of SHA-256 counts. Source: the Debian wiki's
/// DebianRepository/Format, "Release files".
/// </summary>
internal sealed record ReleaseFile
{
    private const int MaxEntries = 200_000;

    /// <summary>The file, as an error names it.</summary>
    public required string Name { get; init; }

    /// <summary>Who publishes the archive; empty where it does not say.</summary>
    public required string Origin { get; init; }

    /// <summary>The archive's label; empty where it does not say.</summary>
    public required string Label { get; init; }

    /// <summary>The suite, for instance <c>oldstable</c>.</summary>
    public required string Suite { get; init; }

    /// <summary>The code name, for instance <c>bookworm</c>.</summary>
    public required string Codename { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Until when it is to be believed; null where it does not say.</summary>
    public required DateTimeOffset? ValidUntil { get; init; }

    /// <summary>True where every index is also found under its digest.</summary>
    public required bool AcquireByHash { get; init; }

    /// <summary>The architectures, <c>all</c> included where it has an index of its own.</summary>
    public required IReadOnlyList<string> Architectures { get; init; }

    /// <summary>The components.</summary>
    public required IReadOnlyList<string> Components { get; init; }

    /// <summary>True where packages of architecture all are listed with every other architecture's.</summary>
    public required bool AllIsListedEverywhere { get; init; }

    /// <summary>The files by their path under <c>dists/SUITE/</c>.</summary>
    public required IReadOnlyDictionary<string, ReleaseEntry> Files { get; init; }

    /// <summary>Reads a Release file from exactly the bytes that were signed.</summary>
    /// <exception cref="ReleaseInvalidException">It lacks something or says it wrongly.</exception>
    /// <exception cref="ControlDataInvalidException">It is not control data.</exception>
    public static ReleaseFile Parse(ReadOnlyMemory<byte> content, string name)
    {
        IReadOnlyList<ControlParagraph> paragraphs = Deb822Reader.ReadAll(content, name, Deb822Limits.Release);
        if (paragraphs.Count != 1)
        {
            throw new ReleaseInvalidException(name, $"it has {paragraphs.Count} paragraphs where there must be one");
        }

        ControlParagraph release = paragraphs[0];
        string suite = release["Suite"] ?? "", codename = release["Codename"] ?? "";
        if (suite.Length == 0 && codename.Length == 0)
        {
            throw new ReleaseInvalidException(name, "it names neither a Suite nor a Codename");
        }

        string[] architectures = release.Words("Architectures");
        return new ReleaseFile
        {
            Name = name,
            Origin = release["Origin"] ?? "",
            Label = release["Label"] ?? "",
            Suite = suite,
            Codename = codename,
            Date = ReadDate(release, "Date") ?? throw new ReleaseInvalidException(name, "it has no Date"),
            ValidUntil = ReadDate(release, "Valid-Until"),
            AcquireByHash = release["Acquire-By-Hash"] == "yes",
            Architectures = architectures,
            Components = release.Words("Components"),
            AllIsListedEverywhere = !architectures.Contains("all", StringComparer.Ordinal)
                || release.Words("No-Support-for-Architecture-all").Contains("Packages", StringComparer.Ordinal),
            Files = ReadFiles(release),
        };
    }

    // RFC 2822 with a named zone, as apt writes it: "Sat, 11 Jul 2026 10:16:37 UTC", and as Ubuntu's archive does, with a
    // blank before an hour of one digit: "Sun, 22 Nov 2026  0:19:16 UTC". Nothing looser is taken.
    private static DateTimeOffset? ReadDate(ControlParagraph release, string field)
    {
        if (release[field] is not { } text)
        {
            return null;
        }

        string[] formats = ["ddd, dd MMM yyyy HH:mm:ss 'UTC'", "ddd, d MMM yyyy HH:mm:ss 'UTC'", "ddd, dd MMM yyyy  H:mm:ss 'UTC'", "ddd, d MMM yyyy  H:mm:ss 'UTC'", "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "ddd, dd MMM yyyy HH:mm:ss '+0000'", "ddd, dd MMM yyyy HH:mm:ss 'Z'"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date)
            ? date
            : throw new ReleaseInvalidException(release.Source, $"its {field} '{text}' is not a date like 'Sat, 11 Jul 2026 10:16:37 UTC'");
    }

    private static Dictionary<string, ReleaseEntry> ReadFiles(ControlParagraph release)
    {
        string list = release["SHA256"] ?? throw new ReleaseInvalidException(release.Source, "it lists no SHA256 checksums, and weaker ones are not accepted");
        Dictionary<string, ReleaseEntry> files = new(StringComparer.Ordinal);
        int line = release.LineOf("SHA256");
        foreach (string text in list.Split('\n'))
        {
            string[] parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 0)
            {
                ReleaseEntry entry = parts.Length == 3 && Digest.TryParse("sha256:" + parts[0], out Digest digest)
                    && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size) && ArchivePath.IsSafe(parts[2])
                    ? new ReleaseEntry(size, digest)
                    : throw new ControlDataInvalidException(release.Source, line, "a line of SHA256 is not a digest, a size and a path that stays inside the suite");
                if (files.Count >= MaxEntries)
                {
                    throw new ControlDataTooLargeException(release.Source, line, $"it lists more than {MaxEntries} files");
                }

                if (!files.TryAdd(parts[2], entry) && files[parts[2]] != entry)
                {
                    throw new ControlDataInvalidException(release.Source, line, $"it lists '{parts[2]}' twice, with different checksums");
                }
            }

            line++;
        }

        return files;
    }
}
