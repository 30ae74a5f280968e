using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild.Context;

/// <summary>
/// An ignore file: <c>NAME.dockerignore</c> of the Dockerfile NAME, else <c>.dockerignore</c>. Comments, white space, byte
/// order mark and line endings are read as Docker reads them; the rules of one operating system hold on all, with '/'
/// between folders.
/// </summary>
internal sealed class IgnoreFile
{
    private const int MaxBytes = 1 << 20;
    private const int MaxLine = 64 << 10;
    private const int MaxPatterns = 10_000;

    private readonly IReadOnlyList<IgnorePattern> _patterns;

    private IgnoreFile(string name, IReadOnlyList<IgnorePattern> patterns) => (Name, _patterns) = (name, patterns);

    /// <summary>No file: nothing is ignored.</summary>
    public static IgnoreFile None { get; } = new("", []);

    /// <summary>The file's path inside the context; empty for none or for one outside.</summary>
    public string Name { get; }

    /// <summary>The patterns, in order.</summary>
    public IReadOnlyList<IgnorePattern> Patterns => _patterns;

    /// <summary>Finds and reads the one that holds for a Dockerfile.</summary>
    /// <exception cref="BuildContextInvalidException">It is no file, too large, or has a pattern that is none.</exception>
    public static async Task<IgnoreFile> FindAsync(string context, string dockerfile, CancellationToken cancellationToken)
    {
        string own = dockerfile + ".dockerignore", common = Path.Combine(context, ".dockerignore");
        string? path = Path.Exists(own) ? own : Path.Exists(common) ? common : null;
        if (path is null)
        {
            return None;
        }

        if (Directory.Exists(path) || FileKinds.Of(path) is not FileKind.Regular || new FileInfo(path).Length > MaxBytes)
        {
            throw new BuildContextInvalidException(path, "is no ordinary file of at most a megabyte", "Write an ignore file with one pattern a line.");
        }

        string relative = Path.GetRelativePath(context, path);
        byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return Parse(bytes, path, relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? "" : relative.Replace(Path.DirectorySeparatorChar, '/'));
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">Its content.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="name">Its path inside the context.</param>
    public static IgnoreFile Parse(ReadOnlySpan<byte> bytes, string path, string name = ".dockerignore")
    {
        bytes = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes;
        List<IgnorePattern> patterns = [];
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > MaxLine || patterns.Count > MaxPatterns)
            {
                throw new BuildContextInvalidException($"{path}:{i + 1}", "has a line or a number of patterns that builders do not read", "Write one pattern a line.");
            }

            if (Clean(lines[i], path, i + 1) is { } pattern)
            {
                patterns.Add(pattern);
            }
        }

        return new IgnoreFile(name, patterns);
    }

    /// <summary>True where the file says that a path is left out.</summary>
    /// <param name="path">From the context's folder, with '/'.</param>
    /// <param name="parent">What was found of the folder that it lies in; empty for the context's own.</param>
    /// <param name="state">What is to be handed on to what lies in it.</param>
    public bool IsIgnored(string path, IReadOnlyList<bool> parent, out IReadOnlyList<bool> state)
    {
        bool[] matched = new bool[_patterns.Count];
        bool ignored = false;
        for (int i = 0; i < matched.Length; i++)
        {
            // What matches a folder matches what is in it.
            matched[i] = parent.Count > 0 && parent[i];
            if (!matched[i])
            {
                if (_patterns[i].IsException != ignored)
                {
                    continue;
                }

                matched[i] = IsMatch(_patterns[i], path);
            }

            if (matched[i])
            {
                ignored = !_patterns[i].IsException;
            }
        }

        state = matched;
        return ignored;
    }

    /// <summary>True where a path is left out, the folders above it looked at as well.</summary>
    public bool IsIgnored(string path)
    {
        IReadOnlyList<bool> state = [];
        bool ignored = false;
        for (int end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            ignored = IsIgnored(end < 0 ? path : path[..end], state, out state);
            if (end < 0)
            {
                return ignored;
            }
        }
    }

    /// <summary>True where something below a folder that is left out may be taken back by an exception.</summary>
    public bool MayReturnBelow(string folder)
    {
        string start = folder + "/";
        return _patterns.Any(pattern => pattern.IsException && (!pattern.IsPlain || (pattern.Text + "/").StartsWith(start, StringComparison.Ordinal)));
    }

    private bool IsMatch(IgnorePattern pattern, string path)
    {
        try
        {
            return pattern.IsMatch(path);
        }
        catch (FormatException e)
        {
            throw Invalid(Name, pattern.Text, e);
        }
    }

    private static BuildContextInvalidException Invalid(string place, string text, FormatException e)
        => new(place, $"has the pattern '{Images.Engines.EngineText.Safe(text)}', which is none: {e.Message}", "Mend the pattern; a character is taken as it is behind a backslash.", e);

    private static IgnorePattern? Clean(string line, string path, int number)
    {
        // A number sign makes a comment only at the very beginning.
        string text = line.StartsWith('#') ? "" : line.Trim();
        if (text.Length == 0)
        {
            return null;
        }

        bool isException = text[0] == '!';
        string pattern = isException ? text[1..].Trim() : text;
        pattern = pattern.Length == 0 ? pattern : CleanPath(pattern);
        pattern = pattern.Length > 1 && pattern[0] == '/' ? pattern[1..] : pattern;
        try
        {
            // Without an exclamation mark of its own, one that is left makes an exception all the same.
            pattern = !isException && pattern.StartsWith('!') && (isException = true) ? pattern[1..] : pattern;
            return pattern.Length == 0 ? throw new FormatException("it has nothing behind the exclamation mark") : IgnorePattern.Parse(pattern, isException);
        }
        catch (FormatException e)
        {
            throw Invalid($"{path}:{number}", text, e);
        }
    }

    // The shortest path of the same meaning, by the rules of Go's path.Clean.
    private static string CleanPath(string text)
    {
        bool rooted = text[0] == '/';
        List<string> parts = [];
        foreach (string part in text.Split('/'))
        {
            if (part.Length == 0 || part == ".")
            {
                continue;
            }

            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (!rooted)
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }
}
