using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>
/// Looks at one file's content as it passes: its MD5, what sort of program it is, and keys and tokens in text. A window
/// of bounded size is kept, never the file. Text is what has no zero byte in its first 8 KiB; of it the first 16 MiB are
/// searched. Programs and other binary files are not searched: tables of constants look like keys.
/// </summary>
internal sealed class ContentScanner(ContentFindings findings, int layer) : IContentObserver, IDisposable
{
    private const int HeadLength = 8 * 1024, WindowLength = 64 * 1024, MarkerOverlap = 64;
    private const long MaximumText = 16 * 1024 * 1024;

    // Not a matter of trust: MD5 is what dpkg's lists of files hold (deb-md5sums(5)).
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly List<SecretHit> _hits = [];
    private byte[] _window = [(byte)'\n'];
    private byte[] _head = [];
    private ProgramKind _kind;
    private Mode _mode = Mode.Head;
    private long _read;
    private int _line = 1;
    private int _filled = 1;

    private enum Mode
    {
        Head,
        Text,
        Program,
        Other,
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _md5.AppendData(bytes);
        _read += bytes.Length;
        if (_mode == Mode.Head)
        {
            _head = [.. _head, .. bytes];
            if (_head.Length < HeadLength)
            {
                return;
            }

            Decide();
            return;
        }

        Continue(bytes);
    }

    /// <inheritdoc/>
    public void Completed(MergedFile file)
    {
        if (_mode == Mode.Head)
        {
            Decide();
        }

        if (_mode == Mode.Text)
        {
            Search(_filled);
        }

        findings.Add(file, layer, Convert.ToHexString(_md5.GetHashAndReset()).ToLowerInvariant(), _kind, _hits);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _md5.Dispose();

    private void Decide()
    {
        byte[] head = _head;
        _head = [];
        bool isElf = head.AsSpan().StartsWith("\x7f"u8) && head.AsSpan(1).StartsWith("ELF"u8);
        _kind = isElf ? ProgramKind.Elf : head.AsSpan().StartsWith("#!"u8) ? ProgramKind.Script : ProgramKind.None;
        _mode = isElf ? Mode.Program : head.AsSpan(0, Math.Min(head.Length, HeadLength)).Contains((byte)0) ? Mode.Other : Mode.Text;
        Continue(head);
    }

    private void Continue(ReadOnlySpan<byte> bytes)
    {
        switch (_mode)
        {
            case Mode.Program:
                byte[] joined = [.. _head, .. bytes];
                ReadMarkers(joined);
                _head = joined[^Math.Min(joined.Length, MarkerOverlap)..];
                break;
            case Mode.Text when _read <= MaximumText:
                Fill(bytes);
                if (_filled >= WindowLength + SecretScanner.MaximumSecret)
                {
                    Search(_filled - SecretScanner.MaximumSecret);
                }

                break;
        }
    }

    // What the programs say of themselves in their own usage texts.
    private void ReadMarkers(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("BusyBox is a multi-call binary"u8) >= 0 || bytes.IndexOf("toybox [--long"u8) >= 0)
        {
            _kind = ProgramKind.MultiCall;
        }
        else if (_kind == ProgramKind.Elf && bytes.IndexOf("GNU bash, version"u8) >= 0)
        {
            _kind = ProgramKind.Shell;
        }
    }

    private void Fill(ReadOnlySpan<byte> bytes)
    {
        if (_filled + bytes.Length > _window.Length)
        {
            Array.Resize(ref _window, Math.Max(_filled + bytes.Length, Math.Min(2 * _window.Length, WindowLength)));
        }

        bytes.CopyTo(_window.AsSpan(_filled));
        _filled += bytes.Length;
    }

    // Anchors from the window's second byte (the first is the one before) to the end of what is searched; what follows
    // it is still at hand for their expressions, and is searched with the next window.
    private void Search(int end)
    {
        ReadOnlySpan<byte> window = _window.AsSpan(0, _filled);
        SortedDictionary<int, SecretHit> found = [];
        foreach (SecretPattern pattern in SecretPatterns.All)
        {
            for (int at = 1; at < end;)
            {
                int next = window[at..].IndexOf(pattern.AnchorBytes);
                if (next < 0 || (at += next) >= end)
                {
                    break;
                }

                if (!found.ContainsKey(at))
                {
                    string text = Encoding.Latin1.GetString(window.Slice(at - 1, Math.Min(pattern.Reach + 1, window.Length - at + 1)));
                    if (pattern.TryMatch(text, 1, out Range secret))
                    {
                        found[at] = new SecretHit(pattern.Kind, SecretText.Mask(text.AsSpan(secret), pattern.Shown), _line + window[1..at].Count((byte)'\n'), pattern.Severity);
                    }
                }

                at += pattern.AnchorBytes.Length;
            }
        }

        _hits.AddRange(found.Values);
        _line += window[1..end].Count((byte)'\n');
        window[(end - 1)..].CopyTo(_window);
        _filled -= end - 1;
    }
}
