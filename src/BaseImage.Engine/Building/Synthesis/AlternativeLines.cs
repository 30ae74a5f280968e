using System.Globalization;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>Reads the <c>update-alternatives --install</c> lines of a shell script, as long as they are plain words.</summary>
internal static class AlternativeLines
{
    /// <summary>The alternatives that the script installs.</summary>
    /// <param name="script">The script's text.</param>
    /// <param name="incomplete">True where a line uses variables or quotes, which are not read.</param>
    public static IReadOnlyList<Alternative> Parse(string script, out bool incomplete)
    {
        incomplete = false;
        List<Alternative> found = [];
        foreach (string line in script.ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            string[] words = line.Split([' ', '\t', ';'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#') || !words.Contains("update-alternatives") || !words.Contains("--install"))
            {
                continue;
            }

            if (words.Any(word => word.AsSpan().IndexOfAny("$`\"'*\\") >= 0) || Read(words) is not { } alternative)
            {
                incomplete = true;
            }
            else
            {
                found.Add(alternative);
            }
        }

        return found;
    }

    private static Alternative? Read(string[] words)
    {
        int at = Array.IndexOf(words, "--install");
        if (at + 4 >= words.Length || !IsPath(words[at + 1]) || !IsName(words[at + 2]) || !IsPath(words[at + 3])
            || !int.TryParse(words[at + 4], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int priority))
        {
            return null;
        }

        List<AlternativeSlave> slaves = [];
        for (int i = at + 5; i < words.Length && words[i] == "--slave"; i += 4)
        {
            if (i + 3 >= words.Length || !IsPath(words[i + 1]) || !IsName(words[i + 2]) || !IsPath(words[i + 3]))
            {
                return null;
            }

            slaves.Add(new AlternativeSlave(words[i + 1], words[i + 2], words[i + 3]));
        }

        return new Alternative(words[at + 1], words[at + 2], words[at + 3], priority, slaves);
    }

    private static bool IsPath(string word) => word.StartsWith('/') && !word.Split('/').Contains("..");

    private static bool IsName(string word) => word.Length > 0 && !word.Contains('/', StringComparison.Ordinal) && word is not ("." or "..");
}
