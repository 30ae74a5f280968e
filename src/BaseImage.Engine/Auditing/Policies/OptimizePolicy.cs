using BaseImage.Documents;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>What an organisation decided about making images smaller: the table <c>Optimize</c> of a policy.</summary>
internal sealed record OptimizePolicy
{
    /// <summary>The keys that there are.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["Keep", "Remove", "KeepSetId", "KeepLocales", "Strip"];

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Locales"] = "Write KeepLocales = 'de_DE'.",
        ["SetId"] = "Write KeepSetId = '/usr/bin/su'.",
        ["Exclude"] = "Write Keep = '/usr/share/app/**'.",
    };

    /// <summary>No decisions.</summary>
    public static OptimizePolicy None { get; } = new();

    /// <summary>Globs over paths that stay, with what they need.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Globs over paths that go, whatever needs them.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Globs over programs that keep their set-id bits.</summary>
    public IReadOnlyList<string> KeepSetId { get; init; } = [];

    /// <summary>Locales whose translations stay, as <c>de_DE</c>, beside those that the environment asks for.</summary>
    public IReadOnlyList<string> KeepLocales { get; init; } = [];

    /// <summary>True to take debugging information and symbol tables out of programs and libraries.</summary>
    public bool Strip { get; init; } = true;

    /// <summary>Reads the table; mistakes go to the reader's problems.</summary>
    public static OptimizePolicy Read(TableReader policy)
    {
        if (policy.Node("Optimize") is not { } node)
        {
            return None;
        }

        TableReader table = TableReader.Open(node, "Optimize", Keys, policy.Problems, Elsewhere);
        return new OptimizePolicy
        {
            Keep = Globs(table, "Keep"),
            Remove = Globs(table, "Remove"),
            KeepSetId = Globs(table, "KeepSetId"),
            KeepLocales = [.. table.Texts("KeepLocales").Select(item => (string)item.Value!)],
            Strip = table.Boolean("Strip") ?? true,
        };
    }

    private static List<string> Globs(TableReader table, string key)
    {
        List<string> globs = [];
        foreach (DataScalar item in table.Texts(key))
        {
            string text = (string)item.Value!;
            try
            {
                PathGlob.Parse(text);
                globs.Add(text);
            }
            catch (ArgumentException)
            {
                table.Problems.Add(item.Position, $"'{SafeText.Of(text)}' is not a pattern of paths in an image.", $"Write {key} = '/usr/bin/*', with ** for any number of folders.");
            }
        }

        return globs;
    }
}
