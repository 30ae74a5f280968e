using System.Text.RegularExpressions;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Paths of the folder in which something was built.</summary>
internal static partial class BuildPaths
{
    // Where people and builders build; a path of a running system lies elsewhere.
    private static readonly string[] Roots =
    [
        "build", "builds", "buildroot", "tmp", "var/tmp", "private/tmp", "home", "root", "work", "workspace", "workdir", "src", "usr/src", "usr/local/src", "go/src",
        "Users", "__w", "code", "project", "projects", "checkout", "mnt", "github", "buildkite", "jenkins",
    ];

    /// <summary>
    /// Both texts with a mark for each path of a build folder, where they have as many and each pair has the same end:
    /// <c>/build/a/x.c</c> and <c>/tmp/b/x.c</c>, and also <c>/build/a</c> and <c>/tmp/b</c>.
    /// </summary>
    internal static (string, string) Take(string left, string right)
    {
        MatchCollection a = Paths().Matches(left), b = Paths().Matches(right);
        if (a.Count == 0 || a.Count != b.Count || a.Zip(b).All(pair => pair.First.Value == pair.Second.Value) || !a.Zip(b).All(pair => pair.First.Value == pair.Second.Value || (IsBuild(pair.First.Value) && IsBuild(pair.Second.Value) && Prefixes(pair.First.Value, pair.Second.Value) is not null)))
        {
            return (left, right);
        }

        return (Paths().Replace(left, "\u0007"), Paths().Replace(right, "\u0007"));
    }

    /// <summary>The first pair of folders that a path of two texts was built in; null for none.</summary>
    internal static (string Left, string Right)? Folders(string left, string right)
        => Paths().Matches(left).Zip(Paths().Matches(right)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => Prefixes(pair.First.Value, pair.Second.Value)).FirstOrDefault(found => found is not null);

    // What stands before the components that both end with.
    private static (string, string)? Prefixes(string left, string right)
    {
        string[] a = left.Split('/'), b = right.Split('/');
        int same = 0;
        while (same < Math.Min(a.Length, b.Length) - 1 && a[^(same + 1)] == b[^(same + 1)])
        {
            same++;
        }

        return (string.Join('/', a[..^same]), string.Join('/', b[..^same]));
    }

    private static bool IsBuild(string path) => Array.Exists(Roots, root => path.AsSpan(1).StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length + 1 || path[root.Length + 1] == '/'));

    [GeneratedRegex(@"(?<![A-Za-z0-9_./~-])/[A-Za-z0-9_.+~@%-]+(?:/[A-Za-z0-9_.+~@%-]+)*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Paths();
}
