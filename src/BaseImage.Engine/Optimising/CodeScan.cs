using System.Buffers;
using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>What programs, libraries and scripts say of others in their bytes, seen as an image's layers pass.</summary>
internal sealed class CodeScan
{
    private const int MaxScript = 1 << 20;
    private const int Overlap = 256;
    private const int MaxNames = 4096;

    private readonly Dictionary<MergedFileBody, CodeFacts> _facts = [];

    /// <summary>What a file said; nothing for what is neither an ELF file nor a script.</summary>
    public CodeFacts Of(MergedFileBody body) => _facts.GetValueOrDefault(body) ?? CodeFacts.None;

    /// <summary>Watches a file; null where it cannot be code.</summary>
    public IContentObserver? Observe(LayerEntry entry) => entry.Kind is ImageFileKind.File && entry.Size >= 4 ? new Watch(this, entry.Size) : null;

    private sealed class Watch(CodeScan scan, long size) : IContentObserver
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private byte[] _tail = [];
        private ArrayBufferWriter<byte>? _script;
        private Kind _kind = Kind.Unknown;
        private bool _convertsText;
        private long _seen;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            _seen += bytes.Length;
            if (_kind is Kind.Other)
            {
                return;
            }

            byte[]? joined = null;
            if (_tail.Length > 0)
            {
                joined = [.. _tail, .. bytes];
            }

            ReadOnlySpan<byte> window = joined ?? bytes;
            if (_kind is Kind.Unknown)
            {
                if (window.Length < 4)
                {
                    _tail = window.ToArray();
                    return;
                }

                _kind = window.StartsWith("\u007fELF"u8) ? Kind.Elf : window.StartsWith("#!"u8) && size <= MaxScript ? Kind.Script : Kind.Other;
                if (_kind is Kind.Script)
                {
                    _tail = [];
                    _script = new ArrayBufferWriter<byte>();
                    _script.Write(window);
                    return;
                }
            }

            if (_kind is Kind.Script)
            {
                _script!.Write(bytes);
            }
            else if (_kind is Kind.Elf)
            {
                Look(window);
                _tail = window[Math.Max(window.Length - Overlap, 0)..].ToArray();
            }
        }

        public void Completed(MergedFile file)
        {
            if (_kind is Kind.Elf)
            {
                scan._facts[file.Body] = new CodeFacts([.. _names.Order(StringComparer.Ordinal)], _convertsText, "");
            }
            else if (_script is not null)
            {
                scan._facts[file.Body] = new CodeFacts([], false, Encoding.Latin1.GetString(_script.WrittenSpan));
            }
        }

        // Names of libraries stand in the bytes of who loads them at run time, as dlopen(3) is told them.
        private void Look(ReadOnlySpan<byte> window)
        {
            _convertsText |= window.IndexOf("\0iconv_open\0"u8) >= 0;
            for (int from = 0; from < window.Length && _names.Count < MaxNames;)
            {
                int at = window[from..].IndexOf(".so"u8);
                if (at < 0)
                {
                    return;
                }

                at += from;
                int start = at, end = at + 3;
                while (start > 0 && at - start < Overlap && IsName(window[start - 1]))
                {
                    start--;
                }

                while (end < window.Length && end - at < Overlap && (IsName(window[end])))
                {
                    end++;
                }

                // What reaches to the end of what is here is seen whole with what follows.
                if (at > start && (end < window.Length || _seen == size))
                {
                    _names.Add(Encoding.ASCII.GetString(window[start..end]).TrimEnd('.'));
                }

                from = at + 3;
            }
        }

        private static bool IsName(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'-' or (byte)'+' or (byte)'.';
    }

    private enum Kind
    {
        Unknown,
        Elf,
        Script,
        Other,
    }
}

/// <summary>What a file of code said.</summary>
/// <param name="Libraries">Names of shared libraries that stand in it, as <c>libidn2.so.0</c>.</param>
/// <param name="ConvertsText">True where it calls iconv_open(3), which loads converters by name.</param>
/// <param name="Script">The text of a script; empty for others.</param>
internal sealed record CodeFacts(IReadOnlyList<string> Libraries, bool ConvertsText, string Script)
{
    /// <summary>Nothing.</summary>
    public static CodeFacts None { get; } = new([], false, "");
}
