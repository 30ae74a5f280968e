namespace BaseImage.Engine.Auditing;

/// <summary>Who the image's process is, and which files that one may change.</summary>
internal sealed class RunUser
{
    private const int OwnerWrite = 0x80, GroupWrite = 0x10, OtherWrite = 2, OwnerExecute = 0x40, GroupExecute = 8, OtherExecute = 1, Sticky = 0x200;

    private readonly ContainerUser _user;

    private RunUser(ContainerUser user) => _user = user;

    /// <summary>True for root, and where it cannot be told: then nothing is denied.</summary>
    public bool IsRoot => _user.Uid is null or 0;

    /// <summary>In words, for instance <c>uid 65532</c>.</summary>
    public string Words => _user.Uid is { } uid ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"uid {uid}") : "the image's user";

    /// <summary>The user of an image.</summary>
    public static RunUser Of(ImageFacts facts)
    {
        IReadOnlyList<PasswdEntry> passwd = facts.Files is null ? [] : AccountFiles.Passwd(facts.Files.Read("/etc/passwd"));
        IReadOnlyList<GroupEntry> groups = facts.Files is null ? [] : AccountFiles.Group(facts.Files.Read("/etc/group"));
        return new RunUser(ContainerUser.Resolve(facts.Process.User, passwd, groups));
    }

    /// <summary>True where the user, not being root, may change a file or what a directory holds.</summary>
    public bool MayWrite(ImageFile file) => !IsRoot && file.Kind != ImageFileKind.SymbolicLink && Has(file, OwnerWrite, GroupWrite, OtherWrite);

    /// <summary>True where the user may start a file: of root it is enough that anybody may.</summary>
    public bool MayExecute(ImageFile file)
        => IsRoot ? (file.Mode & (OwnerExecute | GroupExecute | OtherExecute)) != 0 : Has(file, OwnerExecute, GroupExecute, OtherExecute);

    /// <summary>True where the user may put another file in the place of one: what the directory allows, unless it is sticky.</summary>
    public bool MayReplaceIn(ImageFile directory) => MayWrite(directory) && ((directory.Mode & Sticky) == 0 || directory.Uid == _user.Uid);

    // The kernel looks at one class alone: an owner without the bit is refused though everybody else has it.
    private bool Has(ImageFile file, int owner, int group, int other)
        => (file.Mode & (file.Uid == _user.Uid ? owner : file.Gid == _user.Gid || _user.SupplementaryGids.Contains(file.Gid) ? group : other)) != 0;
}
