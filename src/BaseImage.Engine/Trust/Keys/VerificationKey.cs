using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>A public key that signatures are held against. Its algorithm follows from the key alone.</summary>
internal sealed class VerificationKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private VerificationKey(AsymmetricAlgorithm key, string name)
    {
        _key = key;
        Name = name;
        Algorithm = KeyAlgorithm.Of(key, name);
        SubjectPublicKeyInfo = key.ExportSubjectPublicKeyInfo();
        Fingerprint = Digest.Of(SubjectPublicKeyInfo.Span);
    }

    /// <summary>What errors and results call it: a path or a certificate's subject.</summary>
    internal string Name { get; }

    /// <summary>What it verifies with.</summary>
    internal KeyAlgorithm Algorithm { get; }

    /// <summary>The key as DER (RFC 5280, section 4.1.2.7).</summary>
    internal ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>SHA-256 of the key as DER.</summary>
    internal Digest Fingerprint { get; }

    /// <summary>The fingerprint as sigstore writes its key hints and DSSE's keyid: Base64 of SHA-256 of the DER.</summary>
    internal string Hint => Convert.ToBase64String(Convert.FromHexString(Fingerprint.Hex));

    /// <summary>A certificate's public key.</summary>
    /// <exception cref="KeyNotSupportedException">It is of another kind or size.</exception>
    /// <exception cref="KeyInvalidException">It cannot be read.</exception>
    internal static VerificationKey Of(X509Certificate2 certificate, string? name = null)
    {
        string called = name ?? certificate.Subject;
        try
        {
            AsymmetricAlgorithm? key = certificate.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey();
            return Made(key ?? throw new KeyNotSupportedException(called, $"a public key of another kind ({certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value})"), called);
        }
        catch (CryptographicException e)
        {
            throw new KeyInvalidException(called, "has a public key that cannot be read", e);
        }
    }

    /// <summary>A private key's public half.</summary>
    internal static VerificationKey Of(AsymmetricAlgorithm key, string name) => OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), name);

    /// <summary>A key from its DER.</summary>
    /// <exception cref="KeyNotSupportedException">It is of another kind or size.</exception>
    /// <exception cref="KeyInvalidException">It cannot be read.</exception>
    internal static VerificationKey OfSubjectPublicKeyInfo(ReadOnlySpan<byte> der, string name)
    {
        try
        {
            AsymmetricAlgorithm key = PublicKey.CreateFromSubjectPublicKeyInfo(der, out int read) switch
            {
                _ when read != der.Length => throw new KeyInvalidException(name, "has bytes after its public key"),
                { } parsed => parsed.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)parsed.GetECDsaPublicKey()
                    ?? throw new KeyNotSupportedException(name, $"a public key of another kind ({parsed.Oid.FriendlyName ?? parsed.Oid.Value})"),
            };
            return Made(key, name);
        }
        catch (CryptographicException e)
        {
            throw new KeyInvalidException(name, "has a public key that cannot be read", e);
        }
    }

    /// <summary>The public keys of a file, in its order: public keys (PEM) and certificates (PEM or DER).</summary>
    /// <exception cref="KeyInvalidException">There are none, or the file cannot be read.</exception>
    internal static async Task<IReadOnlyList<VerificationKey>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] bytes = await KeyFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!PemFile.IsPem(bytes))
            {
                using X509Certificate2 certificate = CertificateFile.Der(bytes, path);
                return [Of(certificate, path)];
            }

            List<VerificationKey> keys = [];
            foreach (PemBlock block in PemFile.Read(bytes, path))
            {
                switch (block.Label)
                {
                    case PemFile.PublicKey:
                        keys.Add(OfSubjectPublicKeyInfo(block.Content, path));
                        break;
                    case PemFile.Certificate:
                        using (X509Certificate2 certificate = CertificateFile.Der(block.Content, path))
                        {
                            keys.Add(Of(certificate, path));
                        }

                        break;
                    default:
                        throw new KeyInvalidException(path, $"has a block '{block.Label}' where public keys and certificates belong");
                }
            }

            return keys.Count > 0 ? keys : throw new KeyInvalidException(path, "has no public key and no certificate");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Whether a signature of data holds under this key. Malformed signatures do not; nothing is thrown.</summary>
    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureForm form)
    {
        try
        {
            return (_key, form) switch
            {
                (RSA rsa, SignatureForm.Jose) => rsa.VerifyData(data, signature, Algorithm.Hash, RSASignaturePadding.Pss),
                (RSA rsa, _) => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                (ECDsa ec, SignatureForm.Jose) => ec.VerifyData(data, signature, Algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),

                // cosign signs with a larger curve's own hash and verifies SHA-256 unless told otherwise; others keep SHA-256. Neither is weak, and neither is read from the signature.
                (ECDsa ec, _) => ec.VerifyData(data, signature, Algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence)
                    || (Algorithm.Hash != HashAlgorithmName.SHA256 && ec.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Whether it is the same key, whatever it was read from.</summary>
    internal bool IsSameKey(VerificationKey other) => Fingerprint == other.Fingerprint;

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static VerificationKey Made(AsymmetricAlgorithm key, string name)
    {
        try
        {
            return new VerificationKey(key, name);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
