using System.Text;
using BaseImage.Documents;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Policies.Editing;

/// <summary>Writes suppressions into policy files, one writer of a file at a time. What would be written is read by the strict reader before it takes the file's place.</summary>
internal sealed class PolicyEditor(DataFiles files, PolicyReader reader, TimeProvider time, Func<BaseImagePaths> paths) : IEditPolicy
{
    /// <inheritdoc/>
    public async Task<bool> SuppressAsync(SuppressionRequest request, CancellationToken cancellationToken)
    {
        if (request.Until < DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))
        {
            throw new SuppressionInvalidException(request.PolicyPath, "its last day is over.", "Give a day that is still to come, or use -Days.");
        }

        if (request.Findings.FirstOrDefault(finding => RuleCatalogue.IsAlwaysTold(finding.RuleId)) is { } unread)
        {
            throw new SuppressionInvalidException(request.PolicyPath, $"a finding of {unread.RuleId} says that something could not be read, and is never accepted.", "Mend what it says, or leave it out of the audit.");
        }

        string path = Target(request.PolicyPath);
        PolicyNotation notation = PolicyNotation.Of(path);

        // From what is read to what is written nobody else edits it, or the later would undo the earlier.
        using IDisposable held = await FolderLock.TakeAsync(FolderLock.PathFor(path, paths()), cancellationToken).ConfigureAwait(false);
        bool isNew = !File.Exists(path);
        if (!isNew)
        {
            // A file with mistakes is told of as it is, before anything is put into it.
            await reader.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }

        byte[] before = isNew ? Encoding.UTF8.GetBytes(notation.Empty) : await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        DataDocument document = files.Parse(before, path);
        NewSuppression[] wanted = [.. request.Findings.DistinctBy(finding => (finding.RuleId, finding.Fingerprint)).Select(finding => Describe(finding, request))];
        string text = Encoding.UTF8.GetString(before);
        string edited = SuppressionEdit.Apply(text, (DataTable)document.Root!, wanted, notation);
        byte[] after = Encoding.UTF8.GetBytes(edited);
        if (!isNew && after.AsSpan().SequenceEqual(before))
        {
            return false;
        }

        PolicySet set = await reader.ReadAsync(files.Parse(after, path), cancellationToken).ConfigureAwait(false);
        if (wanted.FirstOrDefault(suppression => !set.General.Suppressions.Any(known => Is(known, suppression))) is { } missing)
        {
            throw new SuppressionInvalidException(path, $"what was written for {missing.Rule} does not read back.", "Write the suppression by hand, and report what the file looked like.");
        }

        await AtomicFile.WriteAsync(path, after, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static bool Is(Suppression known, NewSuppression wanted)
        => known.Fingerprint == wanted.Fingerprint && known.Reason == wanted.Reason && known.Owner == wanted.Owner && known.Until >= wanted.Until
            && known.Covers(wanted.Rule, wanted.Image ?? "", "", wanted.Path ?? "", wanted.Fingerprint) | wanted.Image is null;

    // A link stays one: what it leads to is edited.
    private static string Target(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".psd1" or ".json"))
        {
            throw new FileKindUnknownException(path, "Use a policy whose name ends in .psd1 or .json.");
        }

        return File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
    }

    private static NewSuppression Describe(AuditFinding finding, SuppressionRequest request)
    {
        string? name = ImageReference.TryParse(finding.Image, out ImageReference? reference) && reference.Name.Length > 0 ? reference.Name : null;

        // The name is written where it is certain to be the one that the fingerprint was made of; the fingerprint says it anyhow.
        bool isCertain = name is not null && !HasWildcards(name) && Fingerprint.Of(finding.RuleId, name, finding.Path, "") == finding.Fingerprint;
        bool isPlain = finding.Path.StartsWith('/') && !HasWildcards(finding.Path) && !finding.Path.Contains('\\', StringComparison.Ordinal) && !finding.Path.Contains('…', StringComparison.Ordinal);
        return new NewSuppression(finding.RuleId, isCertain ? name : null, isPlain ? finding.Path : null, finding.Fingerprint, OneLine(request.Reason), OneLine(request.Owner), request.Until);
    }

    private static bool HasWildcards(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    // Reasons are read in tables and in messages of rows.
    private static string OneLine(string text)
        => string.Join(' ', string.Concat(text.EnumerateRunes().Select(rune => Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator ? " " : rune.ToString())).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
