using System.Security.Cryptography;
using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>One block of a PEM file.</summary>
/// <param name="Label">What it is, as <c>CERTIFICATE</c>.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PemBlock(string Label, byte[] Content);

/// <summary>Takes the blocks out of PEM text (RFC 7468). Text around them, as openssl writes it, is passed over.</summary>
internal static class PemFile
{
    internal const string Certificate = "CERTIFICATE";
    internal const string PublicKey = "PUBLIC KEY";
    internal const string Revocations = "X509 CRL";

    private const int MaxBlocks = 1000;

    /// <summary>True where bytes have a block's beginning.</summary>
    internal static bool IsPem(ReadOnlySpan<byte> bytes) => bytes.IndexOf("-----BEGIN "u8) >= 0;

    /// <summary>The blocks, in their order.</summary>
    /// <exception cref="KeyInvalidException">It has more than is sane, a block that cannot be read, or one of the old form with headers.</exception>
    internal static IReadOnlyList<PemBlock> Read(ReadOnlySpan<byte> bytes, string name)
    {
        char[] text = Encoding.Latin1.GetChars(bytes.ToArray());
        List<PemBlock> blocks = [];
        try
        {
            ReadOnlySpan<char> rest = text;
            while (PemEncoding.TryFind(rest, out PemFields fields))
            {
                if (blocks.Count == MaxBlocks)
                {
                    throw new KeyInvalidException(name, $"has more than {MaxBlocks} PEM blocks");
                }

                byte[] content = new byte[fields.DecodedDataLength];
                if (!Convert.TryFromBase64Chars(rest[fields.Base64Data], content, out int written) || written != content.Length)
                {
                    throw new KeyInvalidException(name, "has a PEM block that is not Base64");
                }

                blocks.Add(new PemBlock(rest[fields.Label].ToString(), content));
                rest = rest[fields.Location.End..];
            }

            // A block that is not found whole must not be passed over in silence: it may be the one that matters.
            int begins = Count(text, "-----BEGIN ");
            return begins == blocks.Count ? blocks
                : throw new KeyInvalidException(name, Count(text, "Proc-Type:") > 0
                    ? "has a key in the old encrypted form of openssl; write it anew with: openssl pkcs8 -topk8"
                    : "has a PEM block that is damaged or cut off");
        }
        finally
        {
            text.AsSpan().Clear();
        }
    }

    private static int Count(ReadOnlySpan<char> text, string part)
    {
        int count = 0;
        for (int at; (at = text.IndexOf(part, StringComparison.Ordinal)) >= 0; count++)
        {
            text = text[(at + part.Length)..];
        }

        return count;
    }
}
