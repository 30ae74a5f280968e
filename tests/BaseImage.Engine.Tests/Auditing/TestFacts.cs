using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>Facts made by hand.</summary>
internal sealed class TestFacts
{
    private readonly List<ImageFile> _files = [];
    private readonly Dictionary<string, ContentFacts> _contents = [];
    private readonly List<FileSecret> _secrets = [];

    public static DateTimeOffset Epoch { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ImageConfig Config { get; set; } = new() { User = "65532:65532" };

    public DateTimeOffset? Created { get; set; } = Epoch;

    public Platform Platform { get; set; } = Platform.LinuxAmd64;

    public List<ImageHistory> History { get; } = [];

    public string Name { get; set; } = "web";

    public ManifestFacts? Manifest { get; set; }

    public BaseImage.Engine.Auditing.Signing.SignatureFacts? Signatures { get; set; }

    public BaseImage.Engine.Auditing.Signing.AttestationFacts? Attestations { get; set; }

    public IReadOnlyList<ImagePackage> Listed { get; set; } = [];

    public string Transport { get; set; } = "oci:";

    public IReadOnlyList<string> Tags { get; set; } = [];

    public LayerUse Use { get; set; } = LayerUse.None;

    public TestFacts File(string path, int mode = 0x1A4, string? content = null, ImageFileKind kind = ImageFileKind.File, string? target = null, string capabilities = "", DateTimeOffset? time = null, ProgramKind program = ProgramKind.None, long size = 1, int layer = 0, long uid = 0, string interpreter = "", ContentMark mark = ContentMark.None, string[]? attributes = null, string package = "", ElfFacts? elf = null, string[]? licences = null)
    {
        byte[] sum = Encoding.UTF8.GetBytes(content ?? path);
        _files.Add(new ImageFile
        {
            Path = path, Kind = kind, Mode = mode, Uid = uid, Gid = uid, LinkTarget = target, Capabilities = capabilities, ModifiedTime = time ?? Epoch, Size = size, Layer = layer, Package = package,
            ExtendedAttributes = attributes ?? (capabilities.Length > 0 ? ["security.capability"] : []), Digest = kind is ImageFileKind.File ? Digest.Of(sum) : default,
        });
        byte[] bytes = Encoding.UTF8.GetBytes(content ?? "");
        if (kind is ImageFileKind.File or ImageFileKind.HardLink)
        {
            _contents[path] = new ContentFacts
            {
                Digest = Digest.Of(bytes),
                Md5 = new Md5Sum(System.Security.Cryptography.MD5.HashData(bytes)),
                Program = program,
                Elf = elf,
                Licences = licences,
                Interpreter = interpreter,
                Mark = mark,
                Content = content is null ? default(ReadOnlyMemory<byte>?) : bytes,
            };
        }

        return this;
    }

    /// <summary>An ELF file.</summary>
    public TestFacts Elf(string path, ElfFacts elf, string package = "", long size = 10_000) => File(path, 0x1ED, program: ProgramKind.Elf, elf: elf, package: package, size: size);

    public TestFacts Program(string path, int mode = 0x1ED, ProgramKind program = ProgramKind.Elf) => File(path, mode, program: program);

    public TestFacts Link(string path, string target) => File(path, 0x1FF, kind: ImageFileKind.SymbolicLink, target: target);

    public TestFacts Directory(string path, int mode = 0x1ED, long uid = 0) => File(path, mode, kind: ImageFileKind.Directory, uid: uid);

    public TestFacts Secret(string path, SecretHit hit, int layer = 0)
    {
        _secrets.Add(new FileSecret(path, layer, hit));
        return this;
    }

    public static string Md5(byte[] bytes) => Convert.ToHexString(System.Security.Cryptography.MD5.HashData(bytes)).ToLowerInvariant();

    public ImageFacts Build(bool withFiles = true) => new()
    {
        Image = $"{Transport}/images/{Name}@sha256:{new string('a', 64)}",
        Name = Name,
        Tags = Tags,
        Platform = Platform,
        Digest = Digest.FromSha256Hex(new string('a', 64)),
        Created = Created,
        Config = Config,
        History = History,
        Manifest = Manifest,
        Signatures = Signatures,
        Attestations = Attestations,
        Files = withFiles ? new FileFacts(_files, _contents, _secrets, Use).Listing(() => Listed) : null,
    };

    /// <summary>The finished row of one rule.</summary>
    public AuditResult Row(string rule, AuditPolicy? policy = null, DateTimeOffset? now = null)
    {
        IAuditRule found = RuleCatalogue.Instance.Evaluated.Single(r => r.Describe.Id == rule);
        ImageFacts facts = Build() with { Limits = policy?.Limits ?? PolicyLimits.None, Now = now ?? Epoch };
        return new ResultBuilder(policy ?? AuditPolicy.None, new FixedTime(now ?? Epoch)).Of(found.Describe, facts, found.Evaluate(facts, CancellationToken.None), TimeSpan.Zero);
    }
}

/// <summary>A clock that stands.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
