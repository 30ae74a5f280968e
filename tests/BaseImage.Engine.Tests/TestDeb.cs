using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.LZMA;

namespace BaseImage.Engine.Tests;

/// <summary>
/// Builds .deb files in memory: the same calls give the same bytes. What <see cref="Data"/> is given by hand may be as
/// hostile as the test likes. Directories above a file are added by themselves, as dpkg-deb would.
/// </summary>
internal sealed class TestDeb
{
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _controlFiles = new(StringComparer.Ordinal);
    private readonly StringBuilder _md5sums = new();
    private readonly List<string> _fields = [];

    /// <summary>Begins a package.</summary>
    public TestDeb(string name = "hello", string version = "1.0-1", string architecture = "amd64")
    {
        (Name, Version, Architecture) = (name, version, architecture);
        Data.Add("./", '5', mode: 0x1ED, time: Time);
    }

    /// <summary>The package's name.</summary>
    public string Name { get; }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Its architecture.</summary>
    public string Architecture { get; }

    /// <summary>The data archive, for entries of any kind.</summary>
    public TestTar Data { get; } = new();

    /// <summary>The time of every entry: 2024-01-01.</summary>
    public const long Time = 1_704_067_200;

    /// <summary>How the data archive is compressed: xz (stored), gz, zst, bz2, lzma or nothing.</summary>
    public string DataCompression { get; init; } = "xz";

    /// <summary>How the control archive is compressed: xz (stored), gz, zst or nothing.</summary>
    public string ControlCompression { get; init; } = "gz";

    /// <summary>The file's name.</summary>
    public string FileName => $"{Name}_{Version.Replace(":", "%3a", StringComparison.Ordinal)}_{Architecture}.deb";

    /// <summary>The control stanza's text.</summary>
    public string Control => string.Concat(
        $"Package: {Name}\nVersion: {Version}\nArchitecture: {Architecture}\nMaintainer: Nobody <nobody@example.org>\n",
        string.Concat(_fields.Select(line => line + "\n")),
        "Description: made by a test\n");

    /// <summary>Adds a field to the stanza, for instance <c>Depends: libc6</c>.</summary>
    public TestDeb Field(string field)
    {
        _fields.Add(field);
        return this;
    }

    /// <summary>Adds a file to the control archive: a script, conffiles, triggers.</summary>
    public TestDeb ControlFile(string name, string text)
    {
        _controlFiles[name] = Encoding.UTF8.GetBytes(text);
        return this;
    }

    /// <summary>Adds a regular file.</summary>
    public TestDeb File(string path, byte[] content, int mode = 0x1A4, long uid = 0, long gid = 0)
    {
        Parents(path);
        Data.Add("./" + path, '0', content, mode: mode, uid: uid, gid: gid, time: Time);
        _md5sums.Append(Convert.ToHexString(MD5.HashData(content)).ToLowerInvariant()).Append("  ").Append(path).Append('\n');
        return this;
    }

    /// <summary>Adds a text file.</summary>
    public TestDeb File(string path, string text, int mode = 0x1A4) => File(path, Encoding.UTF8.GetBytes(text), mode);

    /// <summary>Adds a directory.</summary>
    public TestDeb Directory(string path, int mode = 0x1ED, long uid = 0, long gid = 0)
    {
        Parents(path);
        if (_directories.Add(path))
        {
            Data.Add("./" + path + "/", '5', mode: mode, uid: uid, gid: gid, time: Time);
        }
        return this;
    }

    /// <summary>Adds a symbolic link.</summary>
    public TestDeb Link(string path, string target)
    {
        Parents(path);
        Data.Add("./" + path, '2', link: target, mode: 0x1FF, time: Time);
        return this;
    }

    /// <summary>Adds a hard link to a path that was added before.</summary>
    public TestDeb HardLink(string path, string target)
    {
        Parents(path);
        Data.Add("./" + path, '1', link: "./" + target, time: Time);
        return this;
    }

    /// <summary>The package.</summary>
    public byte[] ToArray() => Assemble(Data.ToArray());

    /// <summary>The package with this for its data archive.</summary>
    public byte[] Assemble(byte[] data)
    {
        TestTar control = new();
        control.Add("./", '5', mode: 0x1ED, time: Time);
        control.Add("./control", '0', Encoding.UTF8.GetBytes(Control), time: Time);
        if (_md5sums.Length > 0)
        {
            control.Add("./md5sums", '0', Encoding.UTF8.GetBytes(_md5sums.ToString()), time: Time);
        }
        foreach ((string name, byte[] content) in _controlFiles)
        {
            control.Add("./" + name, '0', content, mode: name.EndsWith("inst", StringComparison.Ordinal) || name.EndsWith("rm", StringComparison.Ordinal) ? 0x1ED : 0x1A4, time: Time);
        }
        return Ar(
            ("debian-binary", "2.0\n"u8.ToArray()),
            (Member("control.tar", ControlCompression), Compress(control.ToArray(), ControlCompression)),
            (Member("data.tar", DataCompression), Compress(data, DataCompression)));
    }

    /// <summary>Writes the package into a folder and gives its path.</summary>
    public string Save(string folder)
    {
        string path = Path.Combine(folder, FileName);
        System.IO.File.WriteAllBytes(path, ToArray());
        return path;
    }

    /// <summary>An ar archive of these members.</summary>
    public static byte[] Ar(params (string Name, byte[] Content)[] members)
    {
        using MemoryStream ar = new();
        ar.Write("!<arch>\n"u8);
        foreach ((string name, byte[] content) in members)
        {
            ar.Write(ArHeader(name, content.Length.ToString(CultureInfo.InvariantCulture)));
            ar.Write(content);
            ar.Write("\n"u8[..(content.Length & 1)]);
        }
        return ar.ToArray();
    }

    /// <summary>A member's header, with a size that may lie.</summary>
    public static byte[] ArHeader(string name, string size)
        => Encoding.Latin1.GetBytes($"{name,-16}{Time,-12}0     0     100644  {size,-10}`\n");

    /// <summary>Compresses as a member with that ending would be.</summary>
    public static byte[] Compress(byte[] content, string compression)
    {
        using MemoryStream output = new();
        switch (compression)
        {
            case "":
                return content;
            case "xz":
                return TestXz.Store(content);
            case "gz":
            case "zst":
                using (CompressorStream stream = (compression == "gz" ? Codec.Gzip : Codec.Zstd).Compress(output))
                {
                    stream.Write(content);
                }
                break;
            case "bz2":
                using (BZip2Stream stream = BZip2Stream.Create(output, CompressionMode.Compress, false, false, true))
                {
                    stream.Write(content);
                }
                break;
            case "lzma":
                using (MemoryStream body = new())
                {
                    using (LzmaStream stream = LzmaStream.Create(LzmaEncoderProperties.Default, false, body))
                    {
                        output.Write(stream.Properties);
                        output.Write(BitConverter.GetBytes((long)content.Length));
                        stream.Write(content);
                    }
                    output.Write(body.ToArray());
                }
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(compression), compression, null);
        }
        return output.ToArray();
    }

    private static string Member(string name, string compression) => compression.Length == 0 ? name : $"{name}.{compression}";

    private void Parents(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (_directories.Add(path[..slash]))
            {
                Data.Add("./" + path[..slash] + "/", '5', mode: 0x1ED, time: Time);
            }
        }
    }
}
