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

    private readonly FileTable _table;
    private IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>? _kept;
    private readonly Folder?[] _folders = new Folder?[FolderCount];

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
    /// <param name="table">Every file.</param>
    /// <param name="secrets">Keys and tokens found in any layer.</param>
    /// <param name="use">How the layers' bytes are used.</param>
    public FileFacts(FileTable table, IReadOnlyList<FileSecret> secrets, LayerUse use) => (_table, Secrets, Use) = (table, secrets, use);

    /// <summary>Every file, in ordinal order of paths.</summary>
    public IReadOnlyList<ImageFile> All => _table.All;

    /// <summary>Keys and tokens found in any layer, in files that a later layer hides as well.</summary>
    public IReadOnlyList<FileSecret> Secrets { get; }

    /// <summary>Lists the packages that the image's databases name, when asked for; a damaged database throws.</summary>
    public Func<IReadOnlyList<ImagePackage>> ListPackages { get; init; } = () => [];

    /// <summary>How the layers' bytes are used.</summary>
    public LayerUse Use { get; }

    /// <summary>The program that a script's first line names; null for what is no script.</summary>
    public string? Interpreter(ImageFile file) => Words(file) is [var program, ..] ? program : null;

    /// <summary>The first argument that a script's first line gives to its interpreter, flags left out; null for none.</summary>
    public string? InterpreterArgument(ImageFile file) => Words(file).Skip(1).FirstOrDefault(word => word[0] != '-');

    /// <summary>What a file's first bytes say of it.</summary>
    public ContentMark Mark(ImageFile file) => Content(file)?.Mark ?? ContentMark.None;

    /// <summary>The contents that were kept, by path, in ordinal order of paths.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Contents
        => _kept ??= [.. All.Select(file => (file.Path, Content(file)?.Content)).Where(pair => pair.Content is not null).Select(pair => KeyValuePair.Create(pair.Path, pair.Content!.Value))];

    /// <summary>The file at a path, links not followed.</summary>
    public ImageFile? Find(string path) => _table.Find(path);

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
        ImageFile? file = !folder.IsPlain ? null : _table.Find(path);
        return folder.IsPlain && file?.Kind is not ImageFileKind.SymbolicLink ? file : Walk(path.ToString());
    }

    private Folder FolderOf(ReadOnlySpan<char> path)
    {
        ref Folder? place = ref _folders[string.GetHashCode(path, StringComparison.Ordinal) & (FolderCount - 1)];
        Folder? folder = place;
        if (folder is null || !path.SequenceEqual(folder.Path))
        {
            place = folder = new Folder(path.ToString(), IsPlain(path));
        }

        return folder;
    }

    // Nothing in it has to be followed or left out: a path below it means what it says.
    private bool IsPlain(ReadOnlySpan<char> folder)
    {
        int slash = folder.LastIndexOf('/');
        return folder.IsEmpty || (slash >= 0 && folder[slash..] is not ("/" or "/." or "/..") && _table.Find(folder)?.Kind is not ImageFileKind.SymbolicLink && FolderOf(folder[..slash]).IsPlain);
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
    public ContentFacts? Content(ImageFile file) => _table.Content(file);

    /// <summary>The MD5 of a regular file; null where it is not known.</summary>
    public Md5Sum? Md5(ImageFile file) => Content(file)?.Md5;

    /// <summary>What an ELF file says of itself; null for others.</summary>
    public ElfFacts? Elf(ImageFile file) => Content(file)?.Elf;

    /// <summary>What a file's content says it is.</summary>
    public ProgramKind Program(ImageFile file) => Content(file)?.Program ?? ProgramKind.None;

    private string[] Words(ImageFile file)
        => Content(file) is { Interpreter.Length: > 0 } facts ? facts.Interpreter.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) : [];

    private sealed record Folder(string Path, bool IsPlain);
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
