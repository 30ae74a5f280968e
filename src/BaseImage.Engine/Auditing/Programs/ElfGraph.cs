using System.Runtime.CompilerServices;
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
    private static readonly ConditionalWeakTable<FileFacts, ElfGraph> Known = [];

    private readonly FileFacts _files;
    private readonly Dictionary<string, List<ElfFile>> _byName = new(StringComparer.Ordinal);
    private readonly bool _hasOwners;

    private ElfGraph(FileFacts files)
    {
        _files = files;
        List<ElfFile> all = [];
        Dictionary<string, ElfFile> byPath = new(StringComparer.Ordinal);
        foreach (ImageFile file in files.All)
        {
            _hasOwners |= file.Package.Length > 0;
            if (files.Elf(file) is { } elf)
            {
                ElfFile item = new(file, elf);
                byPath[file.Path] = item;
                all.Add(item);
            }
        }

        foreach (ImageFile file in files.All)
        {
            if (file.Kind is ImageFileKind.File or ImageFileKind.HardLink or ImageFileKind.SymbolicLink
                && (byPath.GetValueOrDefault(file.Path) ?? (file.Kind is ImageFileKind.SymbolicLink && files.Resolve(file.Path) is { } target ? byPath.GetValueOrDefault(target.Path) : null)) is { } found)
            {
                string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
                (_byName.TryGetValue(name, out List<ElfFile>? list) ? list : _byName[name] = []).Add(found);
            }
        }

        All = all;
    }

    /// <summary>Every ELF file, in ordinal order of paths; hard links under each name.</summary>
    public IReadOnlyList<ElfFile> All { get; }

    /// <summary>The graph of an image's files.</summary>
    public static ElfGraph Of(FileFacts files) => Known.GetValue(files, key => new ElfGraph(key));

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
            return _files.Resolve(name) is { } file && _files.Elf(file) is { } elf ? [new ElfFile(file, elf)] : [];
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

            if (item.Elf.Interpreter.Length > 0 && _files.Resolve(item.Elf.Interpreter) is { } linker)
            {
                reached.Add(linker.Path);
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
