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
    private readonly StringBuilder _window = new();
    private byte[] _head = [];
    private ProgramKind _kind;
    private Mode _mode = Mode.Head;
    private long _read;
    private int _line = 1;
    private char _before = '\n';

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
            Search(_window.Length);
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
                _window.Append(Encoding.Latin1.GetString(bytes));
                if (_window.Length >= WindowLength + SecretScanner.MaximumSecret)
                {
                    Search(_window.Length - SecretScanner.MaximumSecret);
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

    // Anchors before the end of what is searched; what follows it is still at hand for their expressions.
    private void Search(int end)
    {
        string text = _before + _window.ToString();
        int from = 1, line = _line, counted = 1;
        foreach ((SecretPattern pattern, int anchor, Range secret) in SecretScanner.FindFrom(text, from, end + 1).OrderBy(hit => hit.Anchor))
        {
            line += text.AsSpan(counted, anchor - counted).Count('\n');
            counted = anchor;
            _hits.Add(new SecretHit(pattern.Kind, SecretText.Mask(text.AsSpan(secret), pattern.Shown), line, pattern.Severity));
        }

        _line += text.AsSpan(1, end).Count('\n');
        _before = end > 0 ? text[end] : _before;
        _window.Remove(0, end);
    }
}
