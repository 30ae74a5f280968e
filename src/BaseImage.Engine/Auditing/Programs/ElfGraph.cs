using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Programs;

/// <summary>An ELF file of an image.</summary>
/// <param name="File">The file.</param>
/// <param name="Elf">What it says of itself.</param>
internal sealed record ElfFile(ImageFile File, ElfFacts Elf)
{
    /// <summary>True for a program or library, which a process can be made of.</summary>
    public bool IsCode => Elf.Kind is ElfKind.Executable or ElfKind.Shared && Elf.Damage.Length == 0 && !File.Path.StartsWith("/usr/lib/debug/", StringComparison.Ordinal);
}

/// <summary>
/// Which ELF files an image has and which of them need which. A library is looked for by its name in every folder: where
/// it lies elsewhere than the dynamic linker looks, a variable or a cache may still lead there.
/// </summary>
internal sealed class ElfGraph
{
    private readonly Dictionary<string, List<ElfFile>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ElfFile> _byPlace = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _linkers = new(StringComparer.Ordinal);
    private readonly bool _hasOwners;

    private ElfGraph(FileFacts files)
    {
        List<ElfFile> all = [];
        Dictionary<string, ElfFile> byPath = new(StringComparer.Ordinal);
        _hasOwners = files.Where(static (_, file) => file.Package.Length > 0).Any();
        foreach (ImageFile file in files.Where(static (files, file) => files.Elf(file) is not null))
        {
            ElfFile item = new(file, files.Elf(file)!);
            byPath[file.Path] = item;
            all.Add(item);
        }

        foreach (ImageFile file in files.Where(static (files, file) => file.Kind is ImageFileKind.SymbolicLink || files.Elf(file) is not null))
        {
            if ((byPath.GetValueOrDefault(file.Path) ?? (file.Kind is ImageFileKind.SymbolicLink && files.Resolve(file.Path) is { } target ? byPath.GetValueOrDefault(target.Path) : null)) is { } found)
            {
                string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
                (_byName.TryGetValue(name, out List<ElfFile>? list) ? list : _byName[name] = []).Add(found);
            }
        }

        // Looked up now, while it is known whose files they are: images that share layers share the graph.
        foreach (string name in all.SelectMany(item => item.Elf.Needed).Where(name => name.Contains('/', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
        {
            if (files.Resolve(name) is { } file && files.Elf(file) is { } elf)
            {
                _byPlace[name] = new ElfFile(file, elf);
            }
        }

        foreach (string name in all.Select(item => item.Elf.Interpreter).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (files.Resolve(name) is { } linker)
            {
                _linkers[name] = linker.Path;
            }
        }

        All = all;
    }

    /// <summary>Every ELF file, in ordinal order of paths; hard links under each name.</summary>
    public IReadOnlyList<ElfFile> All { get; }

    /// <summary>The graph of an image's files.</summary>
    public static ElfGraph Of(FileFacts files) => files.Derived(static files => new ElfGraph(files));

    /// <summary>
    /// True for a file that is neither a package's nor one of a language's modules and run-times. Where no database says
    /// whose a file is, what lies in system folders counts as a package's.
    /// </summary>
    public bool IsOwn(ImageFile file)
        => file.Package.Length == 0 && (_hasOwners || !IsSystem(file.Path)) && !Array.Exists(Modules, place => file.Path.Contains(place, StringComparison.Ordinal));

    /// <summary>The files that could be a library that another file needs: of that name, for the same processor.</summary>
    public IReadOnlyList<ElfFile> Providers(ElfFile user, string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return _byPlace.TryGetValue(name, out ElfFile? placed) ? [placed] : [];
        }

        return _byName.TryGetValue(name, out List<ElfFile>? found) ? [.. found.Where(item => item.Elf.Machine == user.Elf.Machine && item.Elf.Bits == user.Elf.Bits).DistinctBy(item => item.File.Path)] : [];
    }

    /// <summary>What a file needs and nothing in the image provides.</summary>
    public IEnumerable<string> Missing(ElfFile user) => user.Elf.Needed.Where(name => Providers(user, name).Count == 0 && !IsMuslItself(user, name));

    /// <summary>Everything that some files need, and they themselves.</summary>
    public IReadOnlySet<string> Closure(IEnumerable<ElfFile> roots)
    {
        HashSet<string> reached = new(StringComparer.Ordinal);
        Stack<ElfFile> pending = new(roots);
        while (pending.TryPop(out ElfFile? item))
        {
            if (!reached.Add(item.File.Path))
            {
                continue;
            }

            foreach (ElfFile next in item.Elf.Needed.SelectMany(name => Providers(item, name)))
            {
                pending.Push(next);
            }

            if (_linkers.TryGetValue(item.Elf.Interpreter, out string? linker))
            {
                reached.Add(linker);
            }
        }

        return reached;
    }

    // musl's dynamic linker is its C library; "libc.so" is never looked for.
    private static bool IsMuslItself(ElfFile user, string name)
        => name == "libc.so" || (name.StartsWith("libc.musl-", StringComparison.Ordinal) && user.Elf.Interpreter.Contains("ld-musl-", StringComparison.Ordinal));

    private static readonly string[] Modules =
        ["/node_modules/", "/site-packages/", "/dist-packages/", "/gems/", "/usr/share/dotnet/", "/usr/lib/dotnet/", "/.dotnet/", "/usr/lib/jvm/", "/opt/java/", "/usr/local/go/", "/runtimes/", "/prebuilds/"];

    private static bool IsSystem(string path) => path.StartsWith("/usr/", StringComparison.Ordinal) && !path.StartsWith("/usr/local/", StringComparison.Ordinal)
        || path.StartsWith("/bin/", StringComparison.Ordinal) || path.StartsWith("/sbin/", StringComparison.Ordinal) || path.StartsWith("/lib", StringComparison.Ordinal);
}
