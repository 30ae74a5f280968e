using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// The templates in the module's <c>templates</c> folder. A template is a folder with <c>about.txt</c> (one line),
/// <c>definition.psd1</c>, <c>size.txt</c> (a line a suite: the largest that the image may be) and, where the common one will
/// not do, <c>policy.psd1</c>; the rest of a project is in <c>common</c>. <c>{{Word}}</c> is replaced, <c>{{Word,9}}</c> by
/// the word in quotes, padded to nine characters, so that a table stays in line whatever a suite calls a package.
/// </summary>
internal static partial class ProjectTemplate
{
    private const string Common = "common";

    // What a template's file is called in a project. Names that begin with a dot would be easy to miss in the module.
    private static readonly (string Source, string Target)[] CommonFiles =
    [
        ("policy.psd1", "policy.psd1"),
        ("gitattributes", ".gitattributes"),
        ("github.yml", ".github/workflows/baseimage.yml"),
        ("azure.yml", "azure-pipelines.yml"),
        ("gitlab.yml", ".gitlab-ci.yml"),
        ("README.md", "README.md"),
        ("hardened.psd1", "shared/hardened.psd1"),
    ];

    // What packages are called in each suite. Debian 13 renamed libraries whose interface changed when time_t grew to 64
    // bits, and ICU's packages have their version in their name.
    private static readonly Dictionary<string, (string LibSsl, string LibIcu)> Packages = new(StringComparer.Ordinal)
    {
        ["bookworm"] = ("libssl3", "libicu72"),
        ["trixie"] = ("libssl3t64", "libicu76"),
    };

    /// <summary>The templates' names and what they are for.</summary>
    public static IReadOnlyDictionary<string, string> List()
    {
        SortedDictionary<string, string> templates = new(StringComparer.Ordinal);
        foreach (string folder in Directory.EnumerateDirectories(ModuleFolder.Find("templates")))
        {
            string about = Path.Combine(folder, "about.txt");
            if (File.Exists(about))
            {
                templates.Add(Path.GetFileName(folder), File.ReadAllText(about).Trim());
            }
        }

        return templates;
    }

    /// <summary>A project's files: relative path with '/' and content, in ordinal order.</summary>
    /// <param name="template">A template's name.</param>
    /// <param name="name">The image's name.</param>
    /// <param name="suite">The distribution's code name.</param>
    public static SortedDictionary<string, byte[]> Render(string template, string name, string suite)
    {
        string folder = ModuleFolder.Find("templates");
        string file = name[(name.LastIndexOf('/') + 1)..];
        (string libSsl, string libIcu) = Packages[suite];
        Dictionary<string, string> words = new(StringComparer.Ordinal)
        {
            ["Name"] = name,
            ["File"] = file,
            ["Suite"] = suite,
            ["About"] = List()[template],
            ["LibSsl"] = libSsl,
            ["LibIcu"] = libIcu,
            ["Size"] = Size(Path.Combine(folder, template, "size.txt"), suite),
        };
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            [file + ".image.psd1"] = Fill(Path.Combine(folder, template, "definition.psd1"), words),
        };
        foreach ((string source, string target) in CommonFiles)
        {
            string own = Path.Combine(folder, template, source);
            files.Add(target, Fill(File.Exists(own) ? own : Path.Combine(folder, Common, source), words));
        }

        return files;
    }

    // Lines of a suite and a size, as "bookworm 12 MiB".
    private static string Size(string path, string suite)
        => File.ReadAllLines(path).Select(line => line.Split(' ', 2)).First(words => words[0] == suite)[1].Trim();

    private static byte[] Fill(string path, Dictionary<string, string> words)
    {
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        return Encoding.UTF8.GetBytes(Placeholder().Replace(text, match =>
        {
            string word = words[match.Groups[1].Value];
            return match.Groups[2].Success ? $"'{word}'".PadRight(int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)) : word;
        }));
    }

    [GeneratedRegex(@"\{\{([A-Za-z]+)(?:,([0-9]{1,2}))?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
