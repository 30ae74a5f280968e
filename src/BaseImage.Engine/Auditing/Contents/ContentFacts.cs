using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Everything that looking at one file's bytes gives. It depends on the bytes and on the file's entry in its layer alone,
/// so it is kept in the cache by the layer's diffID (docs/decisions/0014). It never holds a secret. A new fact is a
/// property here, an <see cref="IContentPart"/> that fills it in, two lines in <see cref="ContentFactsFormat"/>, and a new
/// <see cref="LayerScan.Version"/>.
/// </summary>
internal sealed record ContentFacts : IFileContent
{
    /// <summary>SHA-256 of the content.</summary>
    public Digest Digest { get; init; }

    /// <summary>MD5, which is what dpkg's lists of files hold (deb-md5sums(5)); null where it was not made.</summary>
    public Md5Sum? Md5 { get; init; }

    /// <summary>What sort of program it is.</summary>
    public ProgramKind Program { get; init; }

    /// <summary>What an ELF file says of itself; null for others.</summary>
    public ElfFacts? Elf { get; init; }

    /// <summary>The licences that a Debian copyright file names (DEP-5), each once; empty where it is prose; null for other files.</summary>
    public IReadOnlyList<string>? Licences { get; init; }

    /// <summary>What a script's first line names behind <c>#!</c>, secrets struck out; empty for what is no script.</summary>
    public string Interpreter { get; init; } = "";

    /// <summary>What its first bytes say of it, beside programs.</summary>
    public ContentMark Mark { get; init; }

    /// <summary>Keys and tokens in it, masked.</summary>
    public IReadOnlyList<SecretHit> Secrets { get; init; } = [];

    /// <summary>The content of one of the small files that rules read (<see cref="KeptPaths"/>), secrets in it struck out; null for others.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }
}
