using BaseImage.Errors;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// What update-alternatives(1) makes of the <c>--install</c> lines in postinst scripts: for each name the program of the
/// highest priority, or the one that the definition asks for, linked through /etc/alternatives, with those of its slaves
/// that are in the image.
/// </summary>
internal static class Alternatives
{
    /// <summary>Makes the links.</summary>
    /// <param name="tree">The image.</param>
    /// <param name="chosen">The definition's choices: name and program.</param>
    /// <exception cref="AlternativeNotFoundException">A chosen program is not in the image.</exception>
    public static void Install(ImageTree tree, IReadOnlyDictionary<string, string> chosen)
    {
        List<Alternative> offered = [];
        foreach ((string package, PackageListing listing) in tree.Packages)
        {
            foreach (PackageScript script in listing.Scripts.Where(script => script.Name == "postinst"))
            {
                offered.AddRange(AlternativeLines.Parse(script.Text, out bool incomplete));
                if (incomplete)
                {
                    tree.Warnings.Add($"{package}: its postinst offers alternatives in a way that only a shell can read; they are not in the image.");
                }
            }
        }

        foreach (IGrouping<string, Alternative> group in offered.Where(a => tree.IsFile(a.Program.TrimStart('/'))).GroupBy(a => a.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (!chosen.ContainsKey(group.Key))
            {
                Link(tree, group.OrderByDescending(a => a.Priority).ThenBy(a => a.Program, StringComparer.Ordinal).First());
            }
        }

        foreach ((string name, string program) in chosen)
        {
            if (!tree.IsFile(program.TrimStart('/')))
            {
                throw new AlternativeNotFoundException(name, program);
            }

            string link = offered.Find(a => a.Name == name)?.Link ?? "/usr/bin/" + name;
            Link(tree, offered.Find(a => a.Name == name && a.Program == program) ?? new Alternative(link, name, program, 0, []));
        }
    }

    private static void Link(ImageTree tree, Alternative alternative)
    {
        LinkOne(tree, alternative.Link, alternative.Name, alternative.Program);
        foreach (AlternativeSlave slave in alternative.Slaves.Where(slave => tree.Exists(slave.Program.TrimStart('/'))))
        {
            LinkOne(tree, slave.Link, slave.Name, slave.Program);
        }
    }

    private static void LinkOne(ImageTree tree, string link, string name, string program)
    {
        tree.AddLink("etc/alternatives/" + name, program);
        tree.AddLink(link.TrimStart('/'), "/etc/alternatives/" + name);
    }
}

/// <summary>A program that can stand for a name.</summary>
internal sealed record Alternative(string Link, string Name, string Program, int Priority, IReadOnlyList<AlternativeSlave> Slaves);

/// <summary>A further link that goes with an alternative.</summary>
internal sealed record AlternativeSlave(string Link, string Name, string Program);
