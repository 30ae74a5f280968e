using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace BaseImage;

/// <summary>
/// A content digest as OCI writes it: <c>sha256:</c> and 64 lower-case hexadecimal digits (sha512 with 128).
/// Source: OCI Image Specification 1.1, descriptor.md, section "Digests".
/// </summary>
public readonly record struct Digest : IComparable<Digest>, IComparable
{
    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>The algorithm, for instance <c>sha256</c>.</summary>
    public string Algorithm => _text is null ? "" : _text[.._text.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The hexadecimal digits alone.</summary>
    public string Hex => _text is null ? "" : _text[(_text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>True for a value that was never set.</summary>
    public bool IsEmpty => _text is null;

    /// <summary>Reads a digest, or throws <see cref="FormatException"/>.</summary>
    public static Digest Parse(string text) => TryParse(text, out Digest digest)
        ? digest
        : throw new FormatException($"'{text}' is not a digest: expected 'sha256:' and 64 lower-case hexadecimal digits.");

    /// <summary>Reads a digest.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = IsValid(text) ? new Digest(text!) : default;
        return !digest.IsEmpty;
    }

    /// <summary>Makes a digest of 64 hexadecimal digits.</summary>
    public static Digest FromSha256Hex(string hex) => Parse("sha256:" + hex);

    /// <summary>Makes a digest of a finished SHA-256 (32 bytes).</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash) => new("sha256:" + Convert.ToHexString(hash).ToLowerInvariant());

    /// <summary>The SHA-256 digest of some bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return FromSha256(hash);
    }

    /// <inheritdoc/>
    public int CompareTo(Digest other) => string.CompareOrdinal(_text, other._text);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is Digest other ? CompareTo(other) : 1;

    /// <summary><c>algorithm:hex</c>, or nothing for an empty value.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Orders digests by their text.</summary>
    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    /// <summary>Orders digests by their text.</summary>
    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    /// <summary>Orders digests by their text.</summary>
    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    /// <summary>Orders digests by their text.</summary>
    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    private static bool IsValid(string? text)
    {
        int length = text is null ? 0
            : text.StartsWith("sha256:", StringComparison.Ordinal) ? 64 + 7
            : text.StartsWith("sha512:", StringComparison.Ordinal) ? 128 + 7
            : 0;
        return length != 0 && text!.Length == length && text.AsSpan(7).IndexOfAnyExcept("0123456789abcdef") < 0;
    }
}
