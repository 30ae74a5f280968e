using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// A Debian binary package, read in one pass: debian-binary, then the control archive (read whole, it is small), then the
/// data archive (streamed). Nothing is written anywhere and no script runs. Source: deb(5).
/// </summary>
internal sealed class DebPackage : IDisposable, IAsyncDisposable
{
    private const int MaxControlFile = 16 << 20;
    private const int MaxControlTotal = 48 << 20;
    private const int MaxControlEntries = 10_000;
    private readonly ArReader _ar;
    private readonly Stream? _owned;
    private readonly string _dataName;
    private readonly DecompressionLimits _dataLimits;
    private Stream? _data;

    private DebPackage(ArReader ar, Stream? owned, string sourceName, Dictionary<string, ReadOnlyMemory<byte>> control, DecompressionLimits dataLimits)
    {
        (_ar, _owned, SourceName, _dataName, _dataLimits) = (ar, owned, sourceName, ar.Name, dataLimits);
        ControlFiles = control;
        ControlText = Stanza(control["control"].Span, sourceName);
    }

    /// <summary>What errors call it.</summary>
    public string SourceName { get; }

    /// <summary>The control stanza's text: as it stands in the package, CRs before line ends dropped, one "\n" at its end.</summary>
    public string ControlText { get; }

    /// <summary>The control archive's files by name (control, md5sums, conffiles, postinst, triggers, …), byte exact.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ControlFiles { get; }

    /// <summary>The maintainer scripts that the package has: some of preinst, postinst, prerm, postrm, config.</summary>
    public IEnumerable<string> Scripts => s_scripts.Where(ControlFiles.ContainsKey);

    private static readonly string[] s_scripts = ["preinst", "postinst", "prerm", "postrm", "config"];

    /// <summary>Opens a package file; disposing the package closes it.</summary>
    public static DebPackage Open(string path, DecompressionLimits? dataLimits = null)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.SequentialScan);
        try
        {
            return Open(file, Path.GetFileName(path), dataLimits, owned: file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads up to the control archive's end.</summary>
    /// <param name="stream">The file, from its beginning; not seeked; stays open.</param>
    /// <param name="sourceName">What errors call it: the file's name.</param>
    /// <param name="dataLimits">How much the data archive may unpack to; <see cref="DecompressionLimits.Package"/> if left out.</param>
    /// <exception cref="DebInvalidException">It is no package, or a broken one.</exception>
    /// <exception cref="BaseImageException">Its control archive is damaged, hostile or too large.</exception>
    public static DebPackage Open(Stream stream, string sourceName, DecompressionLimits? dataLimits = null)
        => Open(stream, sourceName, dataLimits, owned: null);

    /// <summary>The data archive's entries; can be asked for once. After the last entry the whole file has been checked.</summary>
    /// <param name="ahead">True to decompress on a thread of its own; then the package has to be disposed of asynchronously.</param>
    public ITarEntries OpenData(bool ahead = false)
    {
        if (_data is not null)
        {
            throw new InvalidOperationException("A package's data can be read once; open the package again.");
        }
        string name = $"{SourceName}: {_dataName}";
        _data = Codecs.OpenDecompressed(_ar.Open(), name, _dataLimits, Format(_dataName["data.tar".Length..]));
        _data = ahead ? new ReadAheadStream(_data) : _data;
        return new DebData(new TarReader(_data, name, TarRules.Package), CheckEnd);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _data?.Dispose();
        _owned?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_data is not null)
        {
            await _data.DisposeAsync().ConfigureAwait(false);
        }

        if (_owned is not null)
        {
            await _owned.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static DebPackage Open(Stream stream, string sourceName, DecompressionLimits? dataLimits, Stream? owned)
    {
        ArReader ar = new(stream, sourceName);
        if (!ar.Next() || ar.Name != "debian-binary")
        {
            throw new DebInvalidException(sourceName, "the first member is not 'debian-binary'");
        }
        // dpkg reads any 2.x, and lines may follow the first.
        string version = Encoding.ASCII.GetString(ar.ReadAll(1024));
        if (!version.StartsWith("2.", StringComparison.Ordinal) || !version.Contains('\n', StringComparison.Ordinal)
            || version.AsSpan(2, version.IndexOf('\n', StringComparison.Ordinal) - 2) is not { Length: > 0 and < 9 } minor || minor.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            throw new DebInvalidException(sourceName, "its format is not 2.x, the only one in use");
        }
        NextMember(ar, sourceName, "control.tar");
        string controlName = $"{sourceName}: {ar.Name}";
        using Stream control = Codecs.OpenDecompressed(ar.Open(), controlName, DecompressionLimits.Control, ControlFormat(ar.Name, sourceName));
        Dictionary<string, ReadOnlyMemory<byte>> files = ReadControl(control, controlName);
        if (!files.ContainsKey("control"))
        {
            throw new DebInvalidException(sourceName, "its control archive has no file 'control'");
        }
        NextMember(ar, sourceName, "data.tar");
        _ = DataFormat(ar.Name, sourceName);
        return new DebPackage(ar, owned, sourceName, files, dataLimits ?? DecompressionLimits.Package);
    }

    /// <summary>Goes to the next member of that name; members whose names begin with '_' may stand between (deb(5)).</summary>
    private static void NextMember(ArReader ar, string sourceName, string name)
    {
        do
        {
            if (!ar.Next())
            {
                throw new DebInvalidException(sourceName, $"it has no '{name}'");
            }
        }
        while (ar.Name.StartsWith('_'));
        if (!ar.Name.StartsWith(name, StringComparison.Ordinal))
        {
            throw new DebInvalidException(sourceName, $"the member '{ar.Name}' stands where '{name}' should");
        }
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadControl(Stream control, string sourceName)
    {
        Dictionary<string, ReadOnlyMemory<byte>> files = new(StringComparer.Ordinal);
        TarReader tar = new(control, sourceName, TarRules.Package with { MaxEntries = MaxControlEntries });
        long total = 0;
        while (tar.Next() is LayerEntry entry)
        {
            if (entry.Kind == ImageFileKind.Directory)
            {
                continue;
            }
            if (entry.Kind != ImageFileKind.File || !entry.Path.Parent.IsRoot)
            {
                throw new TarHostileException(sourceName, $"'./{entry.Path}' is no plain file of a control archive");
            }
            if (entry.Size > MaxControlFile || (total += entry.Size) > MaxControlTotal)
            {
                throw new TarLimitException(sourceName, $"'./{entry.Path}' is larger than control files may be");
            }
            byte[] content = new byte[entry.Size];
            tar.Content.ReadExactly(content);
            if (!files.TryAdd(entry.Path.ToString(), content))
            {
                throw new TarHostileException(sourceName, $"'./{entry.Path}' is in the control archive twice");
            }
        }
        return files;
    }

    private static string Stanza(ReadOnlySpan<byte> bytes, string sourceName)
    {
        try
        {
            string text = new UTF8Encoding(false, true).GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n') + "\n";
            return text.Length > 1 && !text.Contains('\0', StringComparison.Ordinal) ? text : throw new DebInvalidException(sourceName, "its control stanza is empty or has NUL bytes");
        }
        catch (DecoderFallbackException e)
        {
            throw new DebInvalidException(sourceName, "its control stanza is not UTF-8", e);
        }
    }

    private static CompressionFormat ControlFormat(string member, string sourceName)
        => Format(member["control.tar".Length..]) is CompressionFormat format and not (CompressionFormat.Bzip2 or CompressionFormat.Lzma)
            ? format
            : throw new DebInvalidException(sourceName, $"'{member}' is compressed in a way that deb(5) does not know");

    private static CompressionFormat DataFormat(string member, string sourceName)
        => Format(member["data.tar".Length..]) ?? throw new DebInvalidException(sourceName, $"'{member}' is compressed in a way that deb(5) does not know");

    private static CompressionFormat? Format(string ending) => ending switch
    {
        "" => CompressionFormat.None,
        ".gz" => CompressionFormat.Gzip,
        ".xz" => CompressionFormat.Xz,
        ".zst" => CompressionFormat.Zstd,
        ".bz2" => CompressionFormat.Bzip2,
        ".lzma" => CompressionFormat.Lzma,
        _ => null,
    };

    private void CheckEnd()
    {
        // deb(5) lets further members follow; they are passed over, but the file must be whole.
        while (_ar.Next())
        {
        }
    }
}
