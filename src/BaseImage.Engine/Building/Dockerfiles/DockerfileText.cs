namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>The characters that matter to the grammar.</summary>
internal static class DockerfileText
{
    /// <summary>White space, line ends included.</summary>
    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\v' or '\f' or '\r';

    /// <summary>What parts words on a line.</summary>
    public static bool IsGap(char c) => c is ' ' or '\t' or '\v' or '\f' or '\r';

    /// <summary>The first place from one on that holds no white space.</summary>
    public static int SkipSpace(string text, int at, int end)
    {
        while (at < end && IsSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The end without trailing white space.</summary>
    public static int TrimEnd(string text, int start, int end)
    {
        while (end > start && IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
