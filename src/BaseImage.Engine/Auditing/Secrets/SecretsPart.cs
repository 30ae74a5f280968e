using System.Text;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>
/// Keys and tokens in text, found as it passes in a window of bounded size. Text is what has no zero byte in its first
/// 8 KiB; of it the first 16 MiB are searched. Programs and other binary files are not searched: tables of constants look
/// like keys. Files that are kept are searched whatever they are, so that what is kept has no secret.
/// </summary>
internal sealed class SecretsPart : IContentPart
{
    /// <summary>A file that is full of one form of token says no more with the thousandth.</summary>
    public const int MaximumHits = 100;

    private const int WindowLength = 64 * 1024;
    private const long MaximumText = KeptPaths.MaximumDatabase;

    private readonly List<SecretHit> _hits = [];
    private readonly List<(long Start, long Length)> _places = [];
    private readonly char[] _text = new char[SecretScanner.MaximumSecret + 1];
    private byte[] _window = new byte[WindowLength];
    private long _read, _origin;
    private int _line, _filled;

    /// <summary>Where in the present file secrets lie: all of them, where the hits are only the first.</summary>
    public IReadOnlyList<(long Start, long Length)> Places => _places;

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        _hits.Clear();
        _places.Clear();

        // The window starts with the byte before the file's first.
        (_read, _origin, _line, _filled, _window[0]) = (0, -1, 1, 1, (byte)'\n');
        bool isText = !head[..Math.Min(head.Length, IContentPart.HeadLength)].Contains((byte)0) && !(head.StartsWith("\x7f"u8) && head[1..].StartsWith("ELF"u8));
        return isText || KeptPaths.Of(entry.Path.ToString()) != KeptKind.None;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> wanted = bytes[..(int)Math.Min(bytes.Length, MaximumText - _read)];
        _read += wanted.Length;
        while (!wanted.IsEmpty)
        {
            int most = WindowLength + SecretScanner.MaximumSecret - _filled;
            Fill(wanted[..Math.Min(most, wanted.Length)]);
            wanted = wanted[Math.Min(most, wanted.Length)..];
            if (_filled == WindowLength + SecretScanner.MaximumSecret)
            {
                Search(_filled - SecretScanner.MaximumSecret);
            }
        }
    }

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
    {
        Search(_filled);
        return _hits.Count == 0 ? facts : facts with { Secrets = [.. facts.Secrets.Concat(_hits).Take(MaximumHits)] };
    }

    private void Fill(ReadOnlySpan<byte> bytes)
    {
        if (_filled + bytes.Length > _window.Length)
        {
            Array.Resize(ref _window, WindowLength + SecretScanner.MaximumSecret);
        }

        bytes.CopyTo(_window.AsSpan(_filled));
        _filled += bytes.Length;
    }

    // Anchors from the window's second byte (the first is the one before) to the end of what is searched; what follows
    // it is still at hand for their expressions, and is searched with the next window.
    private void Search(int end)
    {
        ReadOnlySpan<byte> window = _window.AsSpan(0, _filled);
        SortedDictionary<int, SecretHit>? found = null;
        foreach (SecretPattern pattern in SecretPatterns.All)
        {
            for (int at = 1; at < end;)
            {
                int next = window[at..].IndexOf(pattern.AnchorBytes);
                if (next < 0 || (at += next) >= end)
                {
                    break;
                }

                if (found is null || !found.ContainsKey(at))
                {
                    int read = Encoding.Latin1.GetChars(window.Slice(at - 1, Math.Min(pattern.Reach + 1, window.Length - at + 1)), _text);
                    ReadOnlySpan<char> text = _text.AsSpan(0, read);
                    if (pattern.TryMatch(text, 1, out Range secret))
                    {
                        (int start, int length) = secret.GetOffsetAndLength(text.Length);
                        (found ??= [])[at] = new SecretHit(pattern.Kind, SecretText.Mask(text[secret], pattern.Shown), _line + window[1..at].Count((byte)'\n'), pattern.Severity);
                        _places.Add((_origin + at - 1 + start, length));
                    }
                }

                at += pattern.AnchorBytes.Length;
            }
        }

        if (found is not null && _hits.Count < MaximumHits)
        {
            _hits.AddRange(found.Values);
        }

        _line += window[1..end].Count((byte)'\n');
        window[(end - 1)..].CopyTo(_window);
        _filled -= end - 1;
        _origin += end - 1;
    }
}
