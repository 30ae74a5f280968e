using System.Globalization;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>A member of an archive.</summary>
/// <param name="Name">Its name, one character a byte.</param>
/// <param name="Time">Its time, in the archive's own units.</param>
/// <param name="Attributes">Owner, group and mode, in words.</param>
/// <param name="Packing">How it is stored: the method and the packed size; the same for archives that do not pack.</param>
/// <param name="Digest">Its content's digest or checksum.</param>
/// <param name="Open">Its content; null where it is too large or cannot be read.</param>
internal sealed record ArchiveMember(string Name, string Time, string Attributes, string Packing, string Digest, Func<ContentView?> Open);

/// <summary>Compares archives member by member: what they hold, in which order, when it was changed, whose it is.</summary>
internal static class ArchiveContents
{
    private const int MaxInner = 200;

    internal static ContentFinding Explain(IReadOnlyList<ArchiveMember>? left, IReadOnlyList<ArchiveMember>? right, Func<string, ContentView, ContentView, ContentFinding> inner, CancellationToken cancellation)
    {
        // A name may stand twice: the first is held against the first.
        if (left is null || right is null)
        {
            return ContentFinding.None;
        }

        Dictionary<(string, int), ArchiveMember> a = Index(left), b = Index(right);
        if (a.Count != b.Count || !a.Keys.All(b.ContainsKey))
        {
            return ContentFinding.None with { Message = "It does not hold the same members." };
        }

        bool times = false, attributes = false, packing = false, explained = true;
        List<(string Name, ContentFinding Finding)> contents = [];
        foreach (((string Name, int) key, ArchiveMember member) in a)
        {
            cancellation.ThrowIfCancellationRequested();
            ArchiveMember other = b[key];
            times |= member.Time != other.Time;
            attributes |= member.Attributes != other.Attributes;
            if (member.Digest == other.Digest)
            {
                packing |= member.Packing != other.Packing;
                continue;
            }

            ContentFinding found = contents.Count < MaxInner && explained && member.Open() is { } x && other.Open() is { } y ? inner(key.Name, x, y) : ContentFinding.None;
            explained &= found.IsKnown;
            contents.Add((key.Name, found));
        }

        if (contents.Count > 0)
        {
            if (!explained)
            {
                string first = contents.First(item => !item.Finding.IsKnown).Name;
                return ContentFinding.None with { Message = string.Create(CultureInfo.InvariantCulture, $"{contents.Count} of its {a.Count} members differ, '{first}' among them.") };
            }

            // The tables of a static library follow from its members.
            (string name, ContentFinding finding) = contents.MaxBy(item => item.Finding.Cause is DifferenceCause.ArchiveTimes ? 0 : 1);
            return finding with { Message = $"Its member '{name}': {finding.Message}" };
        }

        string also = attributes ? " Owners or modes differ too." : "";
        bool order = !left.Select(member => member.Name).SequenceEqual(right.Select(member => member.Name), StringComparer.Ordinal);
        return order ? new ContentFinding(DifferenceCause.Order, $"The same members in another order.{(times ? " Their times differ too." : "")}{also}")
            : times ? new ContentFinding(DifferenceCause.ArchiveTimes, $"Only the times of its members differ.{also}")
            : attributes ? new ContentFinding(DifferenceCause.ArchiveOwners, "Only owners or modes of its members differ.")
            : packing ? new ContentFinding(DifferenceCause.Compression, "The same members, compressed in two ways.")
            : ContentFinding.None;
    }

    private static Dictionary<(string, int), ArchiveMember> Index(IReadOnlyList<ArchiveMember> members)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        Dictionary<(string, int), ArchiveMember> index = [];
        foreach (ArchiveMember member in members)
        {
            int number = seen[member.Name] = seen.GetValueOrDefault(member.Name) + 1;
            index.Add((member.Name, number), member);
        }

        return index;
    }
}
