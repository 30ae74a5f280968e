using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Programs;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>
/// What an image's entrypoints reach: programs, the libraries that they link and that their bytes name, interpreters,
/// what scripts call, and the modules that go with all of these. Where it cannot be known it is taken to be needed.
/// </summary>
internal sealed class Reach
{
    private const int AnyExecute = 0x49;

    private readonly ImageFacts _facts;
    private readonly FileFacts _files;
    private readonly MergedFileSystem _merged;
    private readonly CodeScan _code;
    private readonly ElfGraph _graph;
    private readonly DpkgNeeds _needs;
    private readonly bool _hasOwners;
    private readonly Dictionary<string, string> _why = new(StringComparer.Ordinal);
    private readonly Queue<ImageFile> _pending = new();
    private readonly HashSet<string> _patterns = new(StringComparer.Ordinal);
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _warnings = new(StringComparer.Ordinal);
    private readonly ILookup<string, ImageFile> _byPackage;
    private readonly HashSet<string> _traced = new(StringComparer.Ordinal);
    private bool _convertsText;

    /// <summary>Prepares it.</summary>
    /// <param name="facts">The image's facts, with files.</param>
    /// <param name="image">The image as it was read.</param>
    /// <param name="code">What its files of code say.</param>
    public Reach(ImageFacts facts, InspectedImage image, CodeScan code)
    {
        (_facts, _files, _merged, _code) = (facts, facts.Files!, image.Merged, code);
        _graph = ElfGraph.Of(_files);
        _hasOwners = _files.All.Any(file => file.Package.Length > 0);
        _byPackage = _files.All.Where(file => file.Package.Length > 0).ToLookup(file => file.Package, StringComparer.Ordinal);
        _needs = new DpkgNeeds(image);
    }

    /// <summary>Files of code that are needed, by path, and who needs them.</summary>
    public IReadOnlyDictionary<string, string> Why => _why;

    /// <summary>Packages that something reached belongs to, or that an interpreter's package depends on.</summary>
    public IReadOnlySet<string> Packages => _packages;

    /// <summary>What cannot be known from the files.</summary>
    public IReadOnlyCollection<string> Warnings => _warnings;

    /// <summary>True for a file of code: what a process can be made of.</summary>
    public bool IsCode(ImageFile file) => file.Kind is ImageFileKind.File or ImageFileKind.HardLink
        && (_files.Elf(file) is { Kind: ElfKind.Executable or ElfKind.Shared } || ((file.Mode & AnyExecute) != 0 && _files.Program(file) is ProgramKind.Script));

    /// <summary>True for code that the image's owner put there, and no package.</summary>
    public bool IsOwn(ImageFile file) => file.Package.Length == 0 && (_hasOwners || !IsSystem(file.Path));

    /// <summary>True below the folders that distributions fill.</summary>
    public static bool IsSystem(string path)
        => (path.StartsWith("/usr/", StringComparison.Ordinal) && !path.StartsWith("/usr/local/", StringComparison.Ordinal))
            || path.StartsWith("/bin/", StringComparison.Ordinal) || path.StartsWith("/sbin/", StringComparison.Ordinal) || path.StartsWith("/lib", StringComparison.Ordinal);

    /// <summary>Follows everything from the image's configuration, its own programs, and files that are to stay anyhow.</summary>
    /// <param name="keep">What the policy and the caller name.</param>
    /// <param name="traced">What recorded runs touched, and how, in words.</param>
    public void Follow(PathSet keep, IReadOnlyDictionary<MergedFile, string> traced)
    {
        foreach ((MergedFile node, string how) in traced.OrderBy(pair => pair.Key.Path))
        {
            if (_files.Find(node.ToString()) is { } file)
            {
                _traced.Add(file.Path);

                // Settings are read of many packages, and say little of who needs the rest of them.
                Need(file, how, withPackage: IsCode(file) || IsSystem(file.Path));
            }
        }

        StartCommands.Of(_facts, this);
        foreach (ImageFile file in _files.All)
        {
            if (!keep.IsEmpty && IsCode(file) && Node(file) is { } node && keep.Has(node.Path))
            {
                Need(file, "the policy");
            }
            else if (IsOwn(file) && _files.Elf(file) is { Kind: ElfKind.Executable or ElfKind.Shared })
            {
                Need(file, "the image's own");
            }
        }

        Drain();

        // What patterns bring may match more patterns. Scripts among modules come along and are not followed: few are started.
        for (int known = -1; known != _patterns.Count;)
        {
            known = _patterns.Count;
            PathSet companions = Extra;
            foreach (ImageFile file in _files.All)
            {
                if (!_why.ContainsKey(file.Path) && IsCode(file) && _files.Elf(file) is not null && Node(file) is { } node && companions.Has(node.Path))
                {
                    Need(file, "what loads it by name");
                }
            }

            Drain();
        }
    }

    /// <summary>What goes with what was reached, whoever ships it.</summary>
    public PathSet Extra => new(_patterns.Order(StringComparer.Ordinal));

    /// <summary>A command by name or path, as the configuration or a script has it; nothing where the image has none.</summary>
    public void Command(string name, string by)
    {
        if (name.Length > 0 && StartProgram.Find(_facts, name).File is { } file)
        {
            Need(file, by);
        }
    }

    /// <summary>A word that may be a path of a file in the image, or a program's name.</summary>
    public void Word(string word, string by)
    {
        if (word.Contains('/', StringComparison.Ordinal))
        {
            foreach (string part in word.Split('=', ':', ',', ' '))
            {
                if (part.Contains('/', StringComparison.Ordinal) && StartProgram.Find(_facts, part).File is { } file && (IsCode(file) || _code.Of(Body(file)).Script.Length > 0))
                {
                    Need(file, by);
                }
            }
        }
        else if (word.Length > 1 && word[0] != '-' && StartProgram.Find(_facts, word).File is { } program && IsCode(program))
        {
            Need(program, by);
        }
    }

    /// <summary>The lines of a shell's script.</summary>
    public void Script(string text, string by) => StartCommands.Script(text, by, this);

    private void Need(ImageFile file, string by, bool withPackage = true)
    {
        if (file.Kind is not (ImageFileKind.File or ImageFileKind.HardLink) || !_why.TryAdd(file.Path, by))
        {
            return;
        }

        _pending.Enqueue(file);
        if (withPackage && file.Package.Length > 0)
        {
            NeedPackage(file.Package);
        }
    }

    private void Drain()
    {
        while (_pending.TryDequeue(out ImageFile? file))
        {
            string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
            foreach (string pattern in Companions.Of(name))
            {
                _patterns.Add(pattern);
            }

            if (Companions.IsInterpreter(name) && file.Package.Length > 0)
            {
                foreach (string package in _needs.Closure(file.Package))
                {
                    NeedPackage(package);
                }
            }

            CodeFacts code = _code.Of(Body(file));
            if (_files.Elf(file) is { } elf)
            {
                Libraries(file, elf, code);
            }
            else
            {
                Scripts(file, code);
            }
        }
    }

    private void Libraries(ImageFile file, ElfFacts elf, CodeFacts code)
    {
        ElfFile item = new(file, elf);
        if (elf.Interpreter.Length > 0 && _files.Resolve(elf.Interpreter) is { } linker)
        {
            Need(linker, file.Path);
        }

        bool isLibc = elf.Soname is "libc.so.6";
        foreach (string library in elf.Needed.Concat(code.Libraries))
        {
            foreach (ElfFile provider in _graph.Providers(item, library))
            {
                Need(provider.File, file.Path);
            }

            if (Companions.IsStem(library))
            {
                foreach (ElfFile version in _graph.All.Where(other => other.Elf.Soname.StartsWith(library + ".", StringComparison.Ordinal)))
                {
                    Need(version.File, file.Path);
                }
            }
        }

        if (isLibc)
        {
            NameServices(item);
        }
        else if (code.ConvertsText && !_convertsText)
        {
            _convertsText = true;
            _patterns.UnionWith(["/usr/lib/**/gconv/**", "/lib/**/gconv/**"]);
        }

        if (elf.CallsDlopen && IsOwn(file) && !_traced.Contains(file.Path))
        {
            _warnings.Add($"{file.Path} loads libraries by names that it may make up as it runs: record a run, or name them with -Keep.");
        }
    }

    // glibc loads a module a source that nsswitch.conf(5) names; what it falls back to is inside of it.
    private void NameServices(ElfFile libc)
    {
        string text = System.Text.Encoding.Latin1.GetString(_merged.Resolve(LayerPath.FromUtf8("etc/nsswitch.conf"))?.Content is { } content ? content.Span : default);
        IEnumerable<string> sources = text.Split('\n').Select(line => line.Split('#')[0]).Where(line => line.Contains(':', StringComparison.Ordinal))
            .SelectMany(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split((char[])[' ', '\t', '[', ']'], StringSplitOptions.RemoveEmptyEntries));
        foreach (string source in sources.Concat(["dns", "files", "compat"]).Distinct(StringComparer.Ordinal))
        {
            foreach (ElfFile module in _graph.Providers(libc, $"libnss_{source}.so.2"))
            {
                Need(module.File, "name services");
            }
        }
    }

    private void Scripts(ImageFile file, CodeFacts code)
    {
        string? interpreter = _files.Interpreter(file);
        if (interpreter is null)
        {
            return;
        }

        Command(interpreter, file.Path);
        string name = interpreter[(interpreter.LastIndexOf('/') + 1)..];
        if (name == "env" && _files.InterpreterArgument(file) is { } named)
        {
            Command(named, file.Path);
            name = named;
        }

        if (StartCommands.IsShell(name))
        {
            Script(code.Script, file.Path);
        }
        else
        {
            StartCommands.Paths(code.Script, file.Path, this);
        }
    }

    // Programs and modules of a package that lie beside the usual folders are started by their own package.
    private void NeedPackage(string package)
    {
        if (!_packages.Add(package))
        {
            return;
        }

        foreach (ImageFile file in _byPackage[package])
        {
            if (IsCode(file) && !ProgramPaths.IsLookedFor(file.Path) && !IsLibraryFolder(file.Path) && !file.Path.Contains("/gconv/", StringComparison.Ordinal) && !file.Path.Contains("/audit/", StringComparison.Ordinal))
            {
                Need(file, $"the package {package}");
            }
        }
    }

    /// <summary>True for a file directly in /lib, /usr/lib64, /usr/lib/x86_64-linux-gnu and so on, where dynamic linkers look without being told.</summary>
    public static bool IsLibraryFolder(string path)
    {
        string folder = path[..path.LastIndexOf('/')];
        folder = folder.StartsWith("/usr/", StringComparison.Ordinal) ? folder[4..] : folder;
        return folder is "/lib" or "/lib64" or "/lib32" or "/libx32"
            || (folder.StartsWith("/lib/", StringComparison.Ordinal) && folder.LastIndexOf('/') == 4 && folder.Contains("-linux-", StringComparison.Ordinal));
    }

    private MergedFile? Node(ImageFile file) => LayerPath.TryCreate(System.Text.Encoding.UTF8.GetBytes(file.Path), out LayerPath path) ? _merged.Find(path) : null;

    private MergedFileBody Body(ImageFile file) => Node(file)?.Body ?? new MergedFileBody();
}
