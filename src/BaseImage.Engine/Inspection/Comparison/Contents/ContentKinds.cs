using System.Buffers.Binary;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>The sorts of content that are told apart.</summary>
internal enum ContentFormat
{
    /// <summary>None of the others.</summary>
    Data,

    /// <summary>Text in UTF-8 or another superset of ASCII.</summary>
    Text,

    /// <summary>An ELF file.</summary>
    Elf,

    /// <summary>A Windows program or .NET assembly.</summary>
    Pe,

    /// <summary>gzip.</summary>
    Gzip,

    /// <summary>xz, bzip2 or zstd.</summary>
    Compressed,

    /// <summary>A zip archive, of which Java archives and Python wheels are kinds.</summary>
    Zip,

    /// <summary>An ar archive, of which static libraries and Debian packages are kinds.</summary>
    Ar,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>Compiled Python.</summary>
    ByteCode,
}

/// <summary>Says what a file is by its first bytes, as file(1) would.</summary>
internal static class ContentKinds
{
    /// <summary>Bytes that are enough to tell.</summary>
    internal const int HeadLength = 4096;

    /// <summary>The format, and what to call the file; empty for unknown data.</summary>
    internal static (ContentFormat Format, string Name) Of(string path, ReadOnlySpan<byte> head, long length)
    {
        if (head.IsEmpty)
        {
            return (ContentFormat.Data, "empty file");
        }

        foreach ((byte[] magic, ContentFormat format, string name) in Magics)
        {
            if (head.StartsWith(magic))
            {
                return (format, name.Length > 0 ? name : Named(path, format));
            }
        }

        return head.Length > 262 && head.Slice(257, 5).SequenceEqual("ustar"u8) ? (ContentFormat.Tar, "tar archive")
            : IsByteCode(path, head) ? (ContentFormat.ByteCode, "compiled Python")
            : IsPe(head) ? (ContentFormat.Pe, "PE file")
            : IsText(head) ? (ContentFormat.Text, TextName(path, head))
            : (ContentFormat.Data, "");
    }

    private static readonly (byte[] Magic, ContentFormat Format, string Name)[] Magics =
    [
        ([0x7f, (byte)'E', (byte)'L', (byte)'F'], ContentFormat.Elf, ""),
        ([0x1f, 0x8b, 8], ContentFormat.Gzip, "gzip data"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], ContentFormat.Compressed, "xz data"),
        ([0x28, 0xb5, 0x2f, 0xfd], ContentFormat.Compressed, "zstd data"),
        ("BZh"u8.ToArray(), ContentFormat.Compressed, "bzip2 data"),
        ([(byte)'P', (byte)'K', 3, 4], ContentFormat.Zip, ""),
        ([(byte)'P', (byte)'K', 5, 6], ContentFormat.Zip, ""),
        ("!<arch>\n"u8.ToArray(), ContentFormat.Ar, ""),
        ("SQLite format 3\0"u8.ToArray(), ContentFormat.Data, "SQLite database"),
        ("glibc-ld.so.cache"u8.ToArray(), ContentFormat.Data, "library cache of ldconfig"),
        ([0x09, 0x01, 0x02, 0xde], ContentFormat.Data, "locale archive"),
        ([0xca, 0xfe, 0xba, 0xbe], ContentFormat.Data, "Java class"),
        ([0xde, 0x12, 0x04, 0x95], ContentFormat.Data, "message catalogue"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], ContentFormat.Data, "PNG image"),
        ([0xff, 0xd8, 0xff], ContentFormat.Data, "JPEG image"),
        ("TZif"u8.ToArray(), ContentFormat.Data, "time zone data"),
        ([0x04, 0xfc, 0x02, 0xfc], ContentFormat.Data, "fontconfig cache"),
        ("\0asm"u8.ToArray(), ContentFormat.Data, "WebAssembly module"),
    ];

    private static string Named(string path, ContentFormat format) => format switch
    {
        ContentFormat.Zip => path.EndsWith(".jar", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".war", StringComparison.OrdinalIgnoreCase) ? "Java archive"
            : path.EndsWith(".whl", StringComparison.OrdinalIgnoreCase) ? "Python wheel" : path.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase) ? "NuGet package" : "zip archive",
        ContentFormat.Ar => path.EndsWith(".deb", StringComparison.OrdinalIgnoreCase) ? "Debian package" : path.EndsWith(".a", StringComparison.Ordinal) ? "static library" : "ar archive",
        _ => path.EndsWith(".o", StringComparison.Ordinal) ? "ELF object" : path.Contains(".so", StringComparison.Ordinal) ? "ELF library" : "ELF file",
    };

    // A magic number of two bytes and CR LF (CPython, Lib/importlib/_bootstrap_external.py, MAGIC_NUMBER).
    private static bool IsByteCode(string path, ReadOnlySpan<byte> head)
        => head.Length >= 16 && head[2] == '\r' && head[3] == '\n' && (path.EndsWith(".pyc", StringComparison.Ordinal) || path.EndsWith(".pyo", StringComparison.Ordinal));

    private static bool IsPe(ReadOnlySpan<byte> head)
        => head.Length >= 0x40 && head[0] == 'M' && head[1] == 'Z' && BinaryPrimitives.ReadUInt32LittleEndian(head[0x3c..]) is var at && at <= head.Length - 4 && head.Slice((int)at, 4).SequenceEqual("PE\0\0"u8);

    /// <summary>True of what has no control characters but those of text.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1b))
            {
                return false;
            }
        }

        return true;
    }

    private static string TextName(string path, ReadOnlySpan<byte> head)
        => head.StartsWith("#!"u8) ? "script"
            : head.StartsWith("-----BEGIN "u8) ? "PEM file"
            : path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? "JSON"
            : head.StartsWith("<?xml"u8) ? "XML" : "text";
}
