using System.Runtime.InteropServices;
using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Reporting.Html;

/// <summary>What fills an image: bytes of regular files, each file once, by package and by directory; the largest first.</summary>
/// <param name="Total">Bytes of all files.</param>
/// <param name="Packages">Bytes by the package that ships them; what belongs to none is one entry.</param>
/// <param name="Directories">Bytes by directory, two levels deep.</param>
internal sealed record ImageFill(long Total, IReadOnlyList<FillPart> Packages, IReadOnlyList<FillPart> Directories)
{
    /// <summary>What files that no package ships are called.</summary>
    public const string NoPackage = "(no package)";

    private const int MaximumParts = 60;
    private const int Levels = 2;

    /// <summary>Counts files.</summary>
    public static ImageFill Of(IEnumerable<ImageFile> files)
    {
        Dictionary<string, long> packages = new(StringComparer.Ordinal), directories = new(StringComparer.Ordinal);
        long total = 0;
        foreach (ImageFile file in files)
        {
            if (file.Kind is ImageFileKind.File && file.Size > 0)
            {
                total += file.Size;
                Add(packages, file.Package.Length > 0 ? file.Package : NoPackage, file.Size);
                Add(directories, Directory(file.Path), file.Size);
            }
        }

        return new ImageFill(total, Largest(packages), Largest(directories));
    }

    private static string Directory(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return "/" + string.Join('/', parts.Take(Math.Min(Levels, parts.Length - 1)));
    }

    private static void Add(Dictionary<string, long> sums, string name, long size)
    {
        ref long sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, name, out _);
        sum += size;
    }

    // More than a picture has room for is one part, so that the parts are always the whole.
    private static FillPart[] Largest(Dictionary<string, long> sums)
    {
        FillPart[] all = [.. sums.Select(pair => new FillPart(pair.Key, pair.Value)).OrderByDescending(part => part.Size).ThenBy(part => part.Name, StringComparer.Ordinal)];
        return all.Length <= MaximumParts ? all
            : [.. all.Take(MaximumParts), new FillPart($"{all.Length - MaximumParts} smaller ones", all.Skip(MaximumParts).Sum(part => part.Size))];
    }
}

/// <summary>A part of what fills an image.</summary>
/// <param name="Name">A package or a directory.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record FillPart(string Name, long Size);

/// <summary>Finds out what fills the images of a report, where they can still be read: of the same facts that the audit was made of.</summary>
internal sealed class ImageFills(IFactsSource source)
{
    // More pictures than these make a page that no browser is quick with.
    private const int MaximumImages = 50;

    /// <summary>What fills each image and platform that a result speaks of; null where it cannot be read any more.</summary>
    public async Task<IReadOnlyDictionary<string, ImageFill?>> ReadAsync(IReadOnlyList<AuditResult> results, CancellationToken cancellationToken)
    {
        Dictionary<string, ImageFill?> fills = new(StringComparer.Ordinal);
        foreach (AuditResult row in results.Where(row => row.Platform is not null && !row.Digest.IsEmpty).DistinctBy(ReportRules.Subject).Take(MaximumImages))
        {
            fills[ReportRules.Subject(row)] = await ReadAsync(row, cancellationToken).ConfigureAwait(false);
        }

        return fills;
    }

    private async Task<ImageFill?> ReadAsync(AuditResult row, CancellationToken cancellationToken)
    {
        try
        {
            IFactsSession session = await source.OpenAsync(row.Image, row.Platform, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                PendingFacts? item = session.Items.FirstOrDefault(item => item.Digest == row.Digest);
                return item is null || item.Platform.Os == "windows" ? null : ImageFill.Of((await item.ReadAsync(true, cancellationToken).ConfigureAwait(false)).Files!.All);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The report is about the audit; an image that has gone since only lacks its picture, and the page says so.
            return null;
        }
    }
}
