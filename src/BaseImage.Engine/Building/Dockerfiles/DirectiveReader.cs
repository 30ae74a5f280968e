namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// Recognises parser directives: comments of the form <c># name=value</c> before anything else, each name once. The first
/// line that is none ends them. Source: Dockerfile reference, "Parser directives".
/// </summary>
internal sealed class DirectiveReader
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private bool _done;

    /// <summary>Reads a line without its ending; null where it is no directive.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="start">Where the line begins, white space skipped.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="duplicate">True where the name was there before, which is an error.</param>
    public (string Name, int ValueStart, int ValueEnd)? Read(string text, int start, int end, out bool duplicate)
    {
        duplicate = false;
        if (_done)
        {
            return null;
        }

        int at = start;
        if (at >= end || text[at] != '#')
        {
            _done = true;
            return null;
        }

        at = DockerfileText.SkipSpace(text, at + 1, end);
        int nameStart = at;
        while (at < end && (char.IsAsciiLetter(text[at]) || (at > nameStart && char.IsAsciiDigit(text[at]))))
        {
            at++;
        }

        string name = text[nameStart..at].ToLowerInvariant();
        at = DockerfileText.SkipSpace(text, at, end);
        int valueEnd = DockerfileText.TrimEnd(text, at, end);
        if (name is not ("syntax" or "escape" or "check") || at >= end || text[at] != '=')
        {
            _done = true;
            return null;
        }

        at = DockerfileText.SkipSpace(text, at + 1, end);
        if (at >= valueEnd)
        {
            _done = true;
            return null;
        }

        duplicate = !_seen.Add(name);
        return (name, at, valueEnd);
    }
}
