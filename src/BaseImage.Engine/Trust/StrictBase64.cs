namespace BaseImage.Engine.Trust;

/// <summary>
/// Base64 with one text for the same bytes (RFC 4648, sections 3.2, 3.3 and 3.5): no white space, padding where it belongs and
/// no bits set that belong to no byte, so that nothing in a signed document can be changed without its bytes changing.
/// </summary>
internal static class StrictBase64
{
    /// <summary>Reads the standard alphabet, with padding.</summary>
    internal static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        byte[] decoded = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, decoded, out int written) || !string.Equals(Convert.ToBase64String(decoded, 0, written), text, StringComparison.Ordinal))
        {
            return false;
        }

        bytes = decoded[..written];
        return true;
    }

    /// <summary>Reads the alphabet for URLs, without padding (RFC 7515, section 2).</summary>
    internal static bool TryDecodeUrl(string text, out byte[] bytes)
    {
        bytes = [];
        return !text.AsSpan().ContainsAny("+/=") && text.Length % 4 != 1
            && TryDecode(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='), out bytes);
    }

    /// <summary>Reads either alphabet, but not both at once; the one for URLs with padding or without it (DSSE, "Parameters").</summary>
    internal static bool TryDecodeAny(string text, out byte[] bytes)
        => TryDecode(text, out bytes) || TryDecodeUrl(text.Length % 4 == 0 ? text.TrimEnd('=') : text, out bytes);

    /// <summary>Writes the alphabet for URLs, without padding.</summary>
    internal static string EncodeUrl(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
