using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Programs;

/// <summary>
/// A rule about programs that are known by their names, where programs are looked for. Versions (<c>python3.12</c>,
/// <c>gcc-13</c>), targets (<c>x86_64-linux-gnu-gcc</c>) and Debian's alternatives (<c>nc.openbsd</c>) count as the name.
/// Links are not counted again; what BusyBox offers under such a name is one note.
/// </summary>
internal abstract class NamedPrograms : ListingRule
{
    private const int AnyExecute = 0x49;

    /// <inheritdoc/>
    public sealed override bool NeedsFiles => true;

    /// <summary>The names, and what each is.</summary>
    protected abstract IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>Names that matter less.</summary>
    protected virtual IReadOnlySet<string> Lesser { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected sealed override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        StartProgram start = StartProgram.Of(facts);
        List<string> applets = [];
        string box = "";
        foreach (ImageFile file in files.Where(static (_, file) => ProgramPaths.IsLookedFor(file.Path)))
        {
            if (Known(file.Path[(file.Path.LastIndexOf('/') + 1)..]) is not { } name)
            {
                continue;
            }

            if (file.Kind is ImageFileKind.SymbolicLink)
            {
                if (files.Resolve(file.Path) is { } target && files.Program(target) == ProgramKind.MultiCall)
                {
                    (box, _) = (target.Path, name);
                    applets.Add(name);
                }
            }
            else if (file.Kind is ImageFileKind.File or ImageFileKind.HardLink && (file.Mode & AnyExecute) != 0)
            {
                bool isStart = start.File is { } program && program.Path == file.Path;
                yield return isStart ? new RuleFinding(file.Path, $"is {Names[name]}, and what the image is there to start{Words.From(file)}", Severity.Info)
                    : new RuleFinding(file.Path, $"is {Names[name]}{Words.From(file)}", SeverityOf(facts, name, file));
            }
        }

        if (applets.Count > 0)
        {
            yield return new RuleFinding(box, $"offers {string.Join(", ", applets.Distinct().Order(StringComparer.Ordinal))}", Severity.Info, "applets");
        }
    }

    /// <summary>Less than the rule's own where a program matters less.</summary>
    protected virtual Severity? SeverityOf(ImageFacts facts, string name, ImageFile file)
        => Lesser.Contains(name) || IsEssential(facts, file) ? Severity.Low : null;

    /// <summary>True for a file of a package without which the distribution does not work.</summary>
    protected static bool IsEssential(ImageFacts facts, ImageFile file)
        => file.Package.Length > 0 && PackageFacts.Of(facts.Files!).All.Any(package => package.IsEssential && package.Name == file.Package);

    private string? Known(string name)
    {
        if (Names.ContainsKey(name))
        {
            return name;
        }

        // nc.openbsd, python3.12, gcc-13: cut at the last letter before a version, or at Debian's alternative.
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && Names.ContainsKey(name[..dot]) && (char.IsAsciiDigit(name[^1]) || name[(dot + 1)..] is "openbsd" or "traditional" or "netkit" or "real" or "static" or "bin" or "ssl"))
        {
            return name[..dot];
        }

        string bare = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '-');
        if (bare.Length > 0 && bare.Length < name.Length && Names.ContainsKey(bare))
        {
            return bare;
        }

        int target = name.IndexOf("-linux-", StringComparison.Ordinal);
        int next = target < 0 ? -1 : name.IndexOf('-', target + "-linux-".Length);
        return next > 0 && next + 1 < name.Length ? Known(name[(next + 1)..]) : null;
    }
}
