using System.Collections.Concurrent;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing;

/// <summary>An image's merged file system, as far as rules look at it. Paths are absolute and in <see cref="ImageFile.Path"/>'s notation.</summary>
internal sealed class FileFacts
{
    // Longer chains than this are loops: path_resolution(7) has the kernel stop at 40.
    private const int MaximumLinks = 40;

    // PATH_MAX (limits.h), and the same with every byte written as \xNN: the kernel resolves nothing longer.
    private const int LongestPath = 4096, LongestName = 4 * LongestPath;

    // Folders that were asked for lately, each where its hash says.
    private const int FolderCount = 1 << 12;

    private readonly FileStore _store;
    private readonly Held _held;
    private readonly FactsTrace? _trace;
    private readonly IReadOnlyList<FileSecret> _secrets;
    private readonly LayerUse _use;

    /// <summary>Puts facts together.</summary>
    /// <param name="files">Every file.</param>
    /// <param name="contents">What the contents of regular files gave, by path; of hard links under each name.</param>
    /// <param name="secrets">Keys and tokens found in any layer.</param>
    /// <param name="use">How the layers' bytes are used; nothing known where left out.</param>
    public FileFacts(
        IEnumerable<ImageFile> files,
        IReadOnlyDictionary<string, ContentFacts>? contents = null,
        IEnumerable<FileSecret>? secrets = null,
        LayerUse? use = null)
        : this(FileTable.Of(files, contents), [.. secrets ?? []], use ?? LayerUse.None)
    {
    }

    /// <summary>Puts facts together.</summary>
    /// <param name="store">Every file.</param>
    /// <param name="secrets">Keys and tokens found in any layer.</param>
    /// <param name="use">How the layers' bytes are used.</param>
    public FileFacts(FileStore store, IReadOnlyList<FileSecret> secrets, LayerUse use) => (_store, _secrets, _use, _held) = (store, secrets, use, new Held());

    private FileFacts(FileFacts other, FactsTrace? trace)
        : this(other._store, other._secrets, other._use)
        => (_held, _trace, Shared, Changed, Replaced, HasOwnSecrets, ListPackages) = (other._held, trace, other.Shared, other.Changed, other.Replaced, other.HasOwnSecrets, other.ListPackages);

    /// <summary>Every file.</summary>
    public FileStore Store => _store;

    /// <summary>The files of lower layers that this image has in common with others; null where it shares none.</summary>
    public FileFacts? Shared { get; init; }

    /// <summary>The files that are added to the shared ones, or stand for one of them.</summary>
    public IReadOnlyList<ImageFile> Changed { get; init; } = [];

    /// <summary>The shared files that are no longer there as they were.</summary>
    public IReadOnlyList<ImageFile> Replaced { get; init; } = [];

    /// <summary>True where layers above the shared ones hold keys or tokens.</summary>
    public bool HasOwnSecrets { get; init; }

    /// <summary>The same, with a way to list packages.</summary>
    public FileFacts Listing(Func<IReadOnlyList<ImagePackage>> packages) => new(this, _trace) { ListPackages = packages };

    /// <summary>What rules said of images that share these files.</summary>
    public ConcurrentDictionary<IAuditRule, RememberedOutcome> Outcomes => _held.Outcomes;

    /// <summary>The same, with all that is looked at taken down.</summary>
    public FileFacts Traced(FactsTrace trace) => new(this, trace);

    /// <summary>
    /// What is made of files once and asked for by several: a pure function of the facts that it is given, one a type. Images
    /// that share layers share it where their own layers have nothing to say to it.
    /// </summary>
    public T Derived<T>(Func<FileFacts, T> make)
        where T : class
    {
        (T value, FactsTrace trace) = DerivedOf(make);
        _trace?.Note(trace);
        return value;
    }

    private (T Value, FactsTrace Trace) DerivedOf<T>(Func<FileFacts, T> make)
        where T : class
    {
        Lazy<(object Value, FactsTrace Trace)> derived = _held.Derived.GetOrAdd(typeof(T), _ => new Lazy<(object, FactsTrace)>(() =>
        {
            if (Shared is not null)
            {
                (T lower, FactsTrace lowerTrace) = Shared.DerivedOf(make);
                if (!lowerTrace.IsTouchedBy(this))
                {
                    return (lower, lowerTrace);
                }
            }

            FactsTrace trace = new();
            return (make(Traced(trace)), trace);
        }));
        return ((T)derived.Value.Value, derived.Value.Trace);
    }

    /// <summary>Every file, in ordinal order of paths.</summary>
    public IReadOnlyList<ImageFile> All
    {
        get
        {
            _trace?.NoteAll();
            return _store.All;
        }
    }

    /// <summary>
    /// The files that pass a test, in ordinal order of paths. The test asks of the file and its content alone and holds
    /// nothing of its surroundings (a test of tests demands it): it is made of other images' files too.
    /// </summary>
    public IEnumerable<ImageFile> Where(Func<FileFacts, ImageFile, bool> test)
    {
        _trace?.Note(test);
        foreach (ImageFile file in _store.All)
        {
            if (test(this, file))
            {
                yield return file;
            }
        }
    }

    /// <summary>Keys and tokens found in any layer, in files that a later layer hides as well.</summary>
    public IReadOnlyList<FileSecret> Secrets
    {
        get
        {
            _trace?.NoteSecrets();
            return _secrets;
        }
    }

    /// <summary>Lists the packages that the image's databases name, when asked for; a damaged database throws.</summary>
    public Func<IReadOnlyList<ImagePackage>> ListPackages { get; init; } = () => [];

    /// <summary>How the layers' bytes are used.</summary>
    public LayerUse Use
    {
        get
        {
            _trace?.NoteUse();
            return _use;
        }
    }

    /// <summary>The program that a script's first line names; null for what is no script.</summary>
    public string? Interpreter(ImageFile file) => Words(file) is [var program, ..] ? program : null;

    /// <summary>The first argument that a script's first line gives to its interpreter, flags left out; null for none.</summary>
    public string? InterpreterArgument(ImageFile file) => Words(file).Skip(1).FirstOrDefault(word => word[0] != '-');

    /// <summary>What a file's first bytes say of it.</summary>
    public ContentMark Mark(ImageFile file) => Content(file)?.Mark ?? ContentMark.None;

    /// <summary>The contents that were kept, by path, in ordinal order of paths.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Contents
        => Derived(static files => new Kept([.. files.Where(IsKept).Select(file => KeyValuePair.Create(file.Path, files.Content(file)!.Content!.Value))])).Contents;

    /// <summary>The file at a path, links not followed.</summary>
    public ImageFile? Find(string path) => Find(path.AsSpan());

    private ImageFile? Find(ReadOnlySpan<char> path)
    {
        _trace?.Note(path);
        return _store.Find(path);
    }

    /// <summary>The file that a path leads to inside the image, links followed; null where it leads nowhere.</summary>
    public ImageFile? Resolve(string path) => Resolve(path.AsSpan());

    /// <summary>The file that a path leads to inside the image, links followed; null where it leads nowhere.</summary>
    public ImageFile? Resolve(ReadOnlySpan<char> path)
    {
        // Most paths are plain, many in a row lie in one folder, and few folders are links.
        int slash = path.LastIndexOf('/');
        if (path.Length > LongestName)
        {
            return null;
        }

        if (slash < 0 || path[0] != '/' || path.Length > LongestPath || path[slash..] is "/" or "/." or "/..")
        {
            return Walk(path.ToString());
        }

        Folder folder = FolderOf(path[..slash]);
        ImageFile? file = !folder.IsPlain ? null : Find(path);
        return folder.IsPlain && file?.Kind is not ImageFileKind.SymbolicLink ? file : Walk(path.ToString());
    }

    private Folder FolderOf(ReadOnlySpan<char> path)
    {
        ref Folder? place = ref _held.Folders[string.GetHashCode(path, StringComparison.Ordinal) & (FolderCount - 1)];
        Folder? folder = place;
        if (folder is null || !path.SequenceEqual(folder.Path))
        {
            place = folder = new Folder(path.ToString(), IsPlain(path));
        }

        // What another has asked for counts as asked for here.
        if (_trace is not null && _trace.NoteFolder(folder))
        {
            for (int end = folder.Path.Length; end > 0; end = folder.Path.LastIndexOf('/', end - 1))
            {
                _trace.Note(folder.Path.AsSpan(0, end));
            }
        }

        return folder;
    }

    // Nothing in it has to be followed or left out: a path below it means what it says.
    private bool IsPlain(ReadOnlySpan<char> folder)
    {
        int slash = folder.LastIndexOf('/');
        return folder.IsEmpty || (slash >= 0 && folder[slash..] is not ("/" or "/." or "/..") && _store.Find(folder)?.Kind is not ImageFileKind.SymbolicLink && FolderOf(folder[..slash]).IsPlain);
    }

    private ImageFile? Walk(string path)
    {
        Stack<string> pending = new(Enumerable.Reverse(path.Split('/', StringSplitOptions.RemoveEmptyEntries)));
        string current = "";
        int links = 0;
        while (pending.TryPop(out string? name))
        {
            if (name == ".")
            {
                continue;
            }

            if (name == "..")
            {
                int slash = current.LastIndexOf('/');
                current = slash < 0 ? "" : current[..slash];
                continue;
            }

            string next = current + "/" + name;
            ImageFile? file = Find(next);
            if (file is { Kind: ImageFileKind.SymbolicLink, LinkTarget: { } target })
            {
                if (++links > MaximumLinks)
                {
                    return null;
                }

                current = target.StartsWith('/') ? "" : current;
                foreach (string part in Enumerable.Reverse(target.Split('/', StringSplitOptions.RemoveEmptyEntries)))
                {
                    pending.Push(part);
                }

                continue;
            }

            // A directory that no layer lists exists all the same where something lies in it.
            if (file is null && pending.Count == 0)
            {
                return null;
            }

            current = next;
        }

        return Find(current);
    }

    /// <summary>The kept content of the file that a path leads to; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Read(string path) => Resolve(path) is { } file ? Content(file)?.Content ?? default : default;

    /// <summary>What looking at a regular file's bytes gave; null for what is not one.</summary>
    public ContentFacts? Content(ImageFile file) => _store.Content(file);

    /// <summary>The MD5 of a regular file; null where it is not known.</summary>
    public Md5Sum? Md5(ImageFile file) => Content(file)?.Md5;

    /// <summary>What an ELF file says of itself; null for others.</summary>
    public ElfFacts? Elf(ImageFile file) => Content(file)?.Elf;

    /// <summary>What a file's content says it is.</summary>
    public ProgramKind Program(ImageFile file) => Content(file)?.Program ?? ProgramKind.None;

    private string[] Words(ImageFile file)
        => Content(file) is { Interpreter.Length: > 0 } facts ? facts.Interpreter.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) : [];

    private static bool IsKept(FileFacts files, ImageFile file) => files.Content(file)?.Content is not null;

    private sealed record Folder(string Path, bool IsPlain);

    private sealed record Kept(IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Contents);

    // What all views of the same files hold in common.
    private sealed class Held
    {
        public Folder?[] Folders { get; } = new Folder?[FolderCount];

        public ConcurrentDictionary<Type, Lazy<(object Value, FactsTrace Trace)>> Derived { get; } = [];

        public ConcurrentDictionary<IAuditRule, RememberedOutcome> Outcomes { get; } = [];
    }
}

/// <summary>What a file's first bytes and telling words say it is.</summary>
internal enum ProgramKind
{
    /// <summary>Not a program, or not known.</summary>
    None,

    /// <summary>An ELF file.</summary>
    Elf,

    /// <summary>A script that names its interpreter.</summary>
    Script,

    /// <summary>An ELF file that says that it is BusyBox or toybox, whatever its name.</summary>
    MultiCall,

    /// <summary>An ELF file that says that it is a shell, whatever its name.</summary>
    Shell,
}
