using System.Text.RegularExpressions;

namespace BaseImage.Definitions;

/// <summary>The shapes of names, paths and durations in a definition.</summary>
internal static partial class DefinitionText
{
    /// <summary>A repository's name: OCI Distribution Specification 1.1, "Pulling manifests", with Docker's limit of 255 characters.</summary>
    public static bool IsRepositoryName(string text) => text.Length <= 255 && RepositoryName().IsMatch(text);

    /// <summary>A binary package's name: Debian Policy 5.6.7.</summary>
    public static bool IsPackageName(string text) => text.Length <= 128 && PackageName().IsMatch(text);

    /// <summary>A version or a pattern of one: Debian Policy 5.6.12, and <c>*</c>.</summary>
    public static bool IsVersionPattern(string text) => text.Length <= 256 && VersionPattern().IsMatch(text);

    /// <summary>An archive's id, which is also part of an environment variable's name.</summary>
    public static bool IsArchiveId(string text) => text.Length <= 64 && ArchiveId().IsMatch(text);

    /// <summary>A suite's or component's name: one or more path segments.</summary>
    public static bool IsSuite(string text) => text.Length <= 128 && Suite().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>A login name that useradd(8) takes.</summary>
    public static bool IsAccountName(string text) => AccountName().IsMatch(text);

    /// <summary>A signal as the engines take it.</summary>
    public static bool IsSignal(string text) => Signal().IsMatch(text);

    /// <summary>An environment variable's name.</summary>
    public static bool IsVariableName(string text) => VariableName().IsMatch(text);

    /// <summary>user[:group], names or numbers.</summary>
    public static bool IsUser(string text) => User().IsMatch(text);

    /// <summary>Why a text is no absolute path of an image in its shortest form; null where it is one.</summary>
    /// <param name="path">The text.</param>
    /// <param name="allowRoot">True where <c>/</c> alone will do.</param>
    public static (string Problem, string Hint)? PathMistake(string path, bool allowRoot = false)
    {
        string shown = Documents.TableReader.Shown(path);
        if (path.Contains('\\', StringComparison.Ordinal))
        {
            return ($"'{shown}' has a backslash.", $"Paths of an image are written with '/': '{shown.Replace('\\', '/')}'.");
        }

        if (!path.StartsWith('/'))
        {
            return ($"'{shown}' is not an absolute path.", $"Begin it with '/': '/{shown}'.");
        }

        if (path == "/")
        {
            return allowRoot ? null : ("'/' is the whole image.", "Name a path below it.");
        }

        if (path.Length > 4095 || path.Any(char.IsControl))
        {
            return ($"'{shown}' has a control character or more than 4095 characters.", "Write a plain path.");
        }

        string[] segments = path[1..].Split('/');
        return segments.Any(segment => segment is "" or "." or "..")
            ? ($"'{shown}' is not in its shortest form.", "Leave out '.', '..', doubled and trailing '/'.")
            : null;
    }

    /// <summary>A duration as Go and Docker write it: <c>500ms</c>, <c>30s</c>, <c>1m30s</c>, <c>2h</c>.</summary>
    public static TimeSpan? Duration(string text)
    {
        Match match = DurationShape().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return null;
        }

        long Part(string name) => match.Groups[name].Success ? long.Parse(match.Groups[name].ValueSpan, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture) : 0;
        return TimeSpan.FromMilliseconds((((((Part("h") * 60) + Part("m")) * 60) + Part("s")) * 1000) + Part("ms"));
    }

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryName();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9+.\-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PackageName();

    [GeneratedRegex(@"^[0-9A-Za-z*][0-9A-Za-z.+~:*\-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ArchiveId();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._+~\-]*(/[A-Za-z0-9][A-Za-z0-9._+~\-]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Suite();

    [GeneratedRegex(@"^[a-z_][a-z0-9_\-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountName();

    [GeneratedRegex(@"^(SIG[A-Z][A-Z0-9]*([+\-][0-9]{1,2})?|[1-9][0-9]?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Signal();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.\-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.\-]*(:[A-Za-z0-9_][A-Za-z0-9_.\-]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(@"^((?<h>[0-9]{1,5})h)?((?<m>[0-9]{1,5})m)?((?<s>[0-9]{1,6})s)?((?<ms>[0-9]{1,7})ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DurationShape();
}
