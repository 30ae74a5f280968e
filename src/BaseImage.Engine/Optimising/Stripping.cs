using BaseImage.Engine.Auditing;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Inspection.Comparison.Contents;
using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>Programs and libraries of an image without their debugging information.</summary>
/// <param name="Files">The new bytes, by the file's content.</param>
/// <param name="Saved">Each file and what it saves.</param>
/// <param name="Warnings">Files that were left alone, and why.</param>
internal sealed record Stripping(IReadOnlyDictionary<MergedFileBody, byte[]> Files, IReadOnlyList<(MergedFile File, long Bytes)> Saved, IReadOnlyList<string> Warnings)
{
    private const long MaxFile = 512L << 20, MaxTotal = 1L << 30;

    /// <summary>Nothing was stripped.</summary>
    public static Stripping None { get; } = new(new Dictionary<MergedFileBody, byte[]>(), [], []);

    /// <summary>Strips what stays and has something to strip.</summary>
    /// <param name="files">The image's files.</param>
    /// <param name="plan">What stays.</param>
    /// <param name="contents">The bytes of what stays.</param>
    /// <param name="keep">What stays as it is.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Stripping Of(FileFacts files, RemovalPlan plan, ContentSpool contents, PathSet keep, CancellationToken cancellation)
    {
        Dictionary<MergedFileBody, byte[]> made = [];
        List<(MergedFile, long)> saved = [];
        List<string> warnings = [];
        long total = 0;
        foreach (MergedFile file in plan.Kept.Where(file => file.Entry.Kind is ImageFileKind.File).OrderBy(file => file.Path))
        {
            cancellation.ThrowIfCancellationRequested();
            if (files.Find(file.ToString()) is not { } known || files.Elf(known) is not { } elf || !(elf.HasSymbolTable || elf.DebugBytes > 0) || elf.Kind is not (ElfKind.Executable or ElfKind.Shared)
                || keep.Has(file.Path) || made.ContainsKey(file.Body) || contents.Of(file) is not { } view)
            {
                continue;
            }

            string problem = IsSummed(files, file) ? "its bytes are summed in a file beside it" : view.Length > MaxFile || total > MaxTotal ? "there is too much of it" : "";
            if (problem.Length == 0 && ElfStrip.TryStrip(view.Slice(0, MaxFile), out problem) is { } less)
            {
                made[file.Body] = less;
                saved.Add((file, view.Length - less.Length));
                total += less.Length;
            }

            if (problem.Length > 0)
            {
                warnings.Add($"{file} was not stripped: {problem}.");
            }
        }

        return new Stripping(made, saved, warnings);
    }

    // FIPS modules are checked against a sum of their bytes when they are loaded.
    private static bool IsSummed(FileFacts files, MergedFile file)
        => files.Find($"/{file.Path.Parent.Append("." + file.Path.Name + ".hmac")}") is not null || files.Find($"{file}.hmac") is not null;
}
