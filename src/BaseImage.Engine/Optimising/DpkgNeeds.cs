using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Optimising;

/// <summary>Which packages a package depends on, by dpkg's database; of alternatives all that are there. Source: deb-control(5).</summary>
internal sealed class DpkgNeeds
{
    // What only maintains other packages is not needed for running any.
    private static readonly HashSet<string> Maintaining = new(["dpkg", "apt", "debconf", "ucf", "install-info", "init-system-helpers", "debianutils", "perl-base", "sensible-utils", "adduser", "passwd", "libapt-pkg6.0"], StringComparer.Ordinal);

    private readonly Lazy<Dictionary<string, string[]>> _needs;

    /// <summary>Of an image.</summary>
    public DpkgNeeds(InspectedImage image) => _needs = new Lazy<Dictionary<string, string[]>>(() => Read(image));

    /// <summary>Everything that a package needs, not itself.</summary>
    public IReadOnlyCollection<string> Closure(string package)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<string> pending = new([package]);
        while (pending.TryPop(out string? next))
        {
            foreach (string needed in _needs.Value.GetValueOrDefault(next, []))
            {
                if (!Maintaining.Contains(needed) && _needs.Value.ContainsKey(needed) && seen.Add(needed))
                {
                    pending.Push(needed);
                }
            }
        }

        return seen;
    }

    private static Dictionary<string, string[]> Read(InspectedImage image)
    {
        Dictionary<string, string[]> needs = new(StringComparer.Ordinal);
        try
        {
            foreach (ControlParagraph stanza in Stanzas(image))
            {
                if (stanza["Package"] is { } name)
                {
                    needs[name] = [.. Names(stanza["Depends"]).Concat(Names(stanza["Pre-Depends"])).Distinct(StringComparer.Ordinal)];
                }
            }
        }
        catch (BaseImageException)
        {
            // A damaged database names nobody's needs; reading the packages says what is wrong with it.
        }

        return needs;
    }

    private static IEnumerable<ControlParagraph> Stanzas(InspectedImage image)
    {
        if (image.ReadContent("/" + PackageDatabase.DpkgStatus) is { } status)
        {
            return Deb822Reader.ReadAll(status, "/" + PackageDatabase.DpkgStatus);
        }

        return image.Merged.Resolve(LayerPath.FromUtf8(PackageDatabase.DpkgStatusFolder))?.Children
            .Where(file => file.Content is not null && !file.Path.Span.EndsWith(".md5sums"u8)).SelectMany(file => Deb822Reader.ReadAll(file.Content!.Value, file.ToString())) ?? [];
    }

    private static IEnumerable<string> Names(string? relations)
        => (relations ?? "").Split(',', '|').Select(relation => relation.Trim().Split(' ', ':', '(', '\n')[0]).Where(name => name.Length > 0);
}
