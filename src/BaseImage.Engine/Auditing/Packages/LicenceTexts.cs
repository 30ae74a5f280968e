using BaseImage.Engine.Auditing.Policies;

namespace BaseImage.Engine.Auditing.Packages;

/// <summary>The licences of packages, and what a policy says of them.</summary>
internal static class LicenceTexts
{
    private const int MaxDepth = 50;

    /// <summary>What a package says, an expression each: apk's field, or the short names of Debian's copyright file; none where no machine can read it.</summary>
    public static IReadOnlyList<string> Of(InstalledPackage package, FileFacts files)
        => package.Manager == PackageManager.Apk ? package.Licence.Length > 0 ? [package.Licence] : []
            : files.Resolve($"/usr/share/doc/{package.Name}/copyright") is { } file ? files.Content(file)?.Licences ?? [] : [];

    /// <summary>
    /// True where an expression can be followed with what the policy allows: of parts joined by OR one is enough, of those
    /// joined by AND (or, as Debian and old apk fields write it, by commas and spaces) all are needed.
    /// </summary>
    public static bool IsAllowed(string expression, PolicyLimits limits)
    {
        Queue<string> words = new(expression.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Replace(',', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        bool allowed = Any(words, limits, 0);

        // What stands behind a stray parenthesis counts as well.
        while (words.Count > 0)
        {
            words.Dequeue();
            allowed &= words.Count == 0 || Any(words, limits, 0);
        }

        return allowed;
    }

    private static bool Any(Queue<string> words, PolicyLimits limits, int depth)
    {
        bool any = All(words, limits, depth);
        while (words.TryPeek(out string? word) && (Is(word, "OR") || word == "|"))
        {
            words.Dequeue();
            any |= All(words, limits, depth);
        }

        return any;
    }

    private static bool All(Queue<string> words, PolicyLimits limits, int depth)
    {
        bool all = true;
        while (words.TryPeek(out string? word) && word != ")" && !Is(word, "OR") && word != "|")
        {
            words.Dequeue();
            if (Is(word, "AND") || word == "&")
            {
                continue;
            }

            if (Is(word, "WITH"))
            {
                // An exception only allows more. Debian writes its name in words: "with OpenSSL exception".
                words.TryDequeue(out _);
                if (words.TryPeek(out string? next) && Is(next, "exception"))
                {
                    words.Dequeue();
                }
            }
            else if (word == "(" && depth < MaxDepth)
            {
                all &= Any(words, limits, depth + 1);
                words.TryDequeue(out _);
            }
            else
            {
                all &= IsOneAllowed(word, limits);
            }
        }

        return all;
    }

    private static bool IsOneAllowed(string licence, PolicyLimits limits)
        => (limits.DeniedLicences is not { } denied || !PolicyLimits.Matches(denied, licence)) && (limits.AllowedLicences is not { } allowed || PolicyLimits.Matches(allowed, licence));

    private static bool Is(string word, string other) => word.Equals(other, StringComparison.OrdinalIgnoreCase);
}
