using System.Text;

namespace BaseImage.Engine.Inspection;

/// <summary>What an image's os-release says (os-release(5)); of old or bare images, what stands for it.</summary>
/// <param name="Id"><c>debian</c>, <c>ubuntu</c>, <c>alpine</c>; empty where nothing says it.</param>
/// <param name="Version">VERSION_ID: <c>12</c>, <c>24.04</c>, <c>3.20.3</c>; empty where nothing says it.</param>
/// <param name="Codename">VERSION_CODENAME: <c>bookworm</c>; empty likewise.</param>
/// <param name="Name">PRETTY_NAME, or the id and version.</param>
internal sealed record Distribution(string Id, string Version, string Codename, string Name)
{
    /// <summary>Where it was read; empty for nowhere.</summary>
    public string Path { get; init; } = "";

    /// <summary>The files that say it, absolute.</summary>
    internal static IReadOnlyList<string> Files { get; } = ["/etc/os-release", "/usr/lib/os-release", "/etc/alpine-release", "/etc/debian_version"];

    /// <summary>What the files of an image say.</summary>
    /// <param name="read">Gives the content that an absolute path leads to, links followed; nothing where there is none.</param>
    /// <param name="resolve">Gives the absolute path that another one leads to; null where that is not known.</param>
    public static Distribution Of(Func<string, ReadOnlyMemory<byte>> read, Func<string, string?> resolve)
    {
        foreach (string path in Files.Take(2))
        {
            Dictionary<string, string> fields = Fields(read(path));
            if (fields.TryGetValue("ID", out string? id) && id.Length > 0)
            {
                string version = fields.GetValueOrDefault("VERSION_ID", "");
                return new Distribution(id.ToLowerInvariant(), version, fields.GetValueOrDefault("VERSION_CODENAME", ""), fields.GetValueOrDefault("PRETTY_NAME", $"{id} {version}".Trim())) { Path = resolve(path) ?? path };
            }
        }

        string alpine = Text(read("/etc/alpine-release")), debian = Text(read("/etc/debian_version"));
        return alpine.Length > 0 ? new Distribution("alpine", alpine, "", "Alpine Linux " + alpine) { Path = "/etc/alpine-release" }
            : debian.Length > 0 && char.IsAsciiDigit(debian[0]) ? new Distribution("debian", debian.Split('.')[0], "", "Debian " + debian) { Path = "/etc/debian_version" }
            : new Distribution("", "", "", "");
    }

    private static string Text(ReadOnlyMemory<byte> content) => Encoding.UTF8.GetString(content.Span).Split('\n')[0].Trim();

    private static Dictionary<string, string> Fields(ReadOnlyMemory<byte> content)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(content.Span).Split('\n').Take(1_000))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                fields[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"', '\'');
            }
        }

        return fields;
    }
}
