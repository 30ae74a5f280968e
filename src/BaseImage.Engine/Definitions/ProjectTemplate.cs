using System.Text;
using System.Text.RegularExpressions;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// The templates in the module's <c>templates</c> folder. A template is a folder with <c>about.txt</c> (one line) and
/// <c>definition.psd1</c>; the rest of a project is in <c>common</c>. <c>{{Word}}</c> is replaced.
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
    ];

    // Debian 13 renamed the library when its time_t grew to 64 bits.
    private static readonly Dictionary<string, string> LibSsl = new(StringComparer.Ordinal) { ["bookworm"] = "libssl3", ["trixie"] = "libssl3t64" };

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
        string library = LibSsl[suite];
        Dictionary<string, string> words = new(StringComparer.Ordinal)
        {
            ["Name"] = name,
            ["File"] = file,
            ["Suite"] = suite,
            ["About"] = List()[template],
            ["LibSsl"] = library,
            ["LibSslPad"] = new string(' ', Math.Max(0, "ca-certificates".Length - library.Length)),
        };
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            [file + ".image.psd1"] = Fill(Path.Combine(folder, template, "definition.psd1"), words),
        };
        foreach ((string source, string target) in CommonFiles)
        {
            files.Add(target, Fill(Path.Combine(folder, Common, source), words));
        }

        return files;
    }

    private static byte[] Fill(string path, Dictionary<string, string> words)
    {
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        return Encoding.UTF8.GetBytes(Placeholder().Replace(text, match => words[match.Groups[1].Value]));
    }

    [GeneratedRegex(@"\{\{([A-Za-z]+)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
