using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>Reads certificates from files (PEM or DER) and documents (DER).</summary>
internal static class CertificateFile
{
    private const int MaxCertificateBytes = 64 << 10;

    /// <summary>The certificates of a file, in its order; blocks of other things are passed over.</summary>
    /// <exception cref="KeyInvalidException">It has none, or one that cannot be read.</exception>
    internal static async Task<IReadOnlyList<X509Certificate2>> ReadAsync(string path, CancellationToken cancellationToken)
        => Read(await KeyFile.ReadAsync(path, cancellationToken).ConfigureAwait(false), path);

    /// <summary>The certificates of bytes, PEM or DER.</summary>
    /// <exception cref="KeyInvalidException">There is none, or one that cannot be read.</exception>
    internal static IReadOnlyList<X509Certificate2> Read(byte[] bytes, string name)
    {
        X509Certificate2[] found = PemFile.IsPem(bytes)
            ? [.. PemFile.Read(bytes, name).Where(block => block.Label == PemFile.Certificate).Select(block => Der(block.Content, name))]
            : [.. Following(bytes, name)];
        return found.Length > 0 ? found : throw new KeyInvalidException(name, "has no certificate");
    }

    // Certificates one after another in a file are what Notation's trust stores may have.
    private static List<X509Certificate2> Following(byte[] bytes, string name)
    {
        List<X509Certificate2> found = [];
        for (int at = 0; at < bytes.Length || found.Count == 0;)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(at);
            int length = AsnDecoder.TryReadEncodedValue(rest, AsnEncodingRules.DER, out _, out _, out _, out int consumed) ? consumed : rest.Length;
            found.Add(Der(rest[..length], name));
            at += length;
        }

        return found;
    }

    /// <summary>One certificate from its DER, all of it.</summary>
    /// <exception cref="KeyInvalidException">It cannot be read.</exception>
    internal static X509Certificate2 Der(ReadOnlySpan<byte> der, string name)
    {
        if (der.Length is 0 or > MaxCertificateBytes)
        {
            throw new KeyInvalidException(name, "has a certificate that is empty or far larger than certificates are");
        }

        try
        {
            // The constructor would take a PFX or a PKCS#7 too, and on some systems bytes after the end.
            CertificateParts.Of(der.ToArray());
            return X509Certificate2.GetCertContentType(der) == X509ContentType.Cert ? Whole(new X509Certificate2(der))
                : throw new KeyInvalidException(name, "has bytes that are no certificate");
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw new KeyInvalidException(name, "has a certificate that cannot be read", e);
        }
    }

    // Names and times are taken apart when they are asked for, and must not fail then.
    private static X509Certificate2 Whole(X509Certificate2 certificate)
    {
        try
        {
            _ = (certificate.Subject, certificate.Issuer, certificate.NotBefore, certificate.NotAfter, certificate.Extensions.Count, certificate.PublicKey.ExportSubjectPublicKeyInfo());
            return certificate;
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }
}
