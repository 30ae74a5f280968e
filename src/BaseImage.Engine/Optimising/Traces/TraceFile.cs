using System.Text;
using BaseImage.Documents;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Optimising.Traces;

/// <summary>
/// The file of a trace: canonical JSON, so that what was touched is all that makes two of them differ. Times, process ids and
/// the machine are not in it. See docs/decisions/0021-optimising.md.
/// </summary>
/// <example><code>
/// {
///   "files": {
///     "/usr/bin/web": "exe, mapped",
///     "/usr/share/web": "cwd"
///   },
///   "imageId": "sha256:…",
///   "platform": "linux/amd64",
///   "schemaVersion": 1
/// }
/// </code></example>
internal static class TraceFile
{
    /// <summary>What a trace may cost: the probe tells of 32768 paths at most.</summary>
    internal static readonly JsonLimits Limits = new() { MaxBytes = 16 << 20, MaxDepth = 3, MaxValues = 200_000 };

    private const int MaxPath = 4096;
    private const string Mend = "Record it again with Optimize-BaseImage -RecordTrace.";
    private static readonly string[] Keys = ["schemaVersion", "imageId", "platform", "files"];

    /// <summary>Reads a trace.</summary>
    /// <exception cref="TraceInvalidException">It is damaged, too large, or something else.</exception>
    public static async Task<ImageTrace> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                // What it says of its own length is not believed: a link may lead to a device.
                byte[] content = new byte[Math.Clamp(file.Length, 1 << 16, Limits.MaxBytes) + 1];
                int size = 0;
                for (int read; (read = await file.ReadAsync(content.AsMemory(size), cancellationToken).ConfigureAwait(false)) > 0;)
                {
                    size += read;
                    if (size > Limits.MaxBytes)
                    {
                        throw Invalid(path, "The file is larger than any trace.");
                    }

                    if (size == content.Length)
                    {
                        Array.Resize(ref content, Math.Min(2 * size, Limits.MaxBytes + 1));
                    }
                }

                return Read(content.AsMemory(0, size), path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, $"It cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads bytes that are already at hand.</summary>
    public static ImageTrace Read(ReadOnlyMemory<byte> content, string path)
    {
        DataDocument document = JsonDataFile.Read(content, path, Limits);
        DataProblems problems = new();
        problems.Add(document.Problems);
        TableReader trace = TableReader.Open(document.Root, "the trace", Keys, problems);
        if (trace.Require("schemaVersion", $"Write \"schemaVersion\": {ImageTrace.CurrentVersion}."))
        {
            _ = trace.Integer("schemaVersion", ImageTrace.CurrentVersion, ImageTrace.CurrentVersion);
        }

        SortedDictionary<LayerPath, Touch> paths = [];
        foreach (DataEntry entry in trace.Entries("files", Mend))
        {
            if (PathOf(entry.Key) is not { } touched)
            {
                problems.Add(entry.KeyPosition, $"'{TableReader.Shown(entry.Key)}' is not the path of a file in an image, without links to follow.", Mend);
            }
            else if (TableReader.AsText(entry.Value, entry.Key, problems) is { } text)
            {
                paths[touched] = HowOf((string)text.Value!);
                if (paths[touched] is Touch.None)
                {
                    problems.Add(text.Position, $"'{TableReader.Shown((string)text.Value!)}' does not say how a file was touched.", $"Write some of '{string.Join(", ", Touches.Kinds.Keys)}', in this order.");
                }
            }
        }

        Digest id = default;
        Platform platform = Platform.LinuxAmd64;
        if (trace.RequiredText("imageId", Mend) is { } idText && (!Digest.TryParse(idText, out id) || id.Algorithm != "sha256"))
        {
            trace.Fail("imageId", "It is not 'sha256:' and 64 lower-case hexadecimal digits.", Mend);
        }

        if (trace.RequiredText("platform", Mend) is { } platformText)
        {
            if (Platform.TryParse(platformText, out Platform? parsed))
            {
                platform = parsed;
            }
            else
            {
                trace.Fail("platform", "It is not a platform.", "Write it as \"linux/amd64\".");
            }
        }

        trace.Require("files", Mend);
        return problems.Any ? throw new TraceInvalidException(path, problems.Items) : new ImageTrace { ImageId = id, Platform = platform, Paths = paths };
    }

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(ImageTrace trace)
    {
        JObject files = [];
        foreach ((LayerPath path, Touch how) in trace.Paths)
        {
            files[path.ToAbsoluteText()] = string.Join(", ", Touches.Kinds.Where(kind => how.HasFlag(kind.Value)).Select(kind => kind.Key));
        }

        return CanonicalJson.Write(new JObject
        {
            ["schemaVersion"] = ImageTrace.CurrentVersion,
            ["imageId"] = trace.ImageId.ToString(),
            ["platform"] = trace.Platform.ToString(),
            ["files"] = files,
        });
    }

    /// <summary>True where a path can stand in a trace: text without control characters.</summary>
    public static bool CanWrite(LayerPath path) => PathOf(path.ToAbsoluteText()) is { } read && read == path;

    private static LayerPath? PathOf(string text)
        => text.Length is > 1 and <= MaxPath && text[0] == '/' && !text.Contains('\uFFFD', StringComparison.Ordinal)
            && LayerPath.TryCreate(Encoding.UTF8.GetBytes(text), out LayerPath path) && !path.IsRoot && path.ToAbsoluteText() == text ? path : null;

    private static Touch HowOf(string text)
    {
        Touch how = Touch.None;
        foreach (string word in text.Split(", "))
        {
            // Once each and in order, so that there is one way to write it.
            if (!Touches.Kinds.TryGetValue(word, out Touch kind) || how >= kind)
            {
                return Touch.None;
            }

            how |= kind;
        }

        return how;
    }

    private static TraceInvalidException Invalid(string path, string problem) => new(path, [new DataProblem(new SourcePosition(path, 1, 1), problem, Mend)]);
}
