using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>A private key, with its certificates where it has some. It never leaves its provider and is in no message.</summary>
internal sealed class SigningKey : IDisposable
{
    /// <summary>Takes a private key.</summary>
    /// <param name="key">The key, which is disposed with this.</param>
    /// <param name="chain">Its certificates, its own first and each issuer next; empty for a bare key. Disposed with this.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="KeyNotSupportedException">It is of another kind or size.</exception>
    internal SigningKey(AsymmetricAlgorithm key, IReadOnlyList<X509Certificate2> chain, string name)
    {
        (Private, Chain, Name) = (key, chain, name);
        Public = VerificationKey.Of(key, name);
    }

    /// <summary>What errors call it: a path, a thumbprint or a subject.</summary>
    internal string Name { get; }

    /// <summary>Its certificates, its own first and each issuer next; empty for a bare key.</summary>
    internal IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>Its public half.</summary>
    internal VerificationKey Public { get; }

    /// <summary>The key, for formats that take one themselves.</summary>
    internal AsymmetricAlgorithm Private { get; }

    /// <summary>Finds a key.</summary>
    /// <exception cref="BaseImageException">It is not there, not readable, protected by another password, or of a kind that is not used.</exception>
    internal static Task<SigningKey> OpenAsync(SigningKeySource source, CancellationToken cancellationToken) => SigningKeyReader.OpenAsync(source, cancellationToken);

    /// <summary>Signs data.</summary>
    /// <exception cref="SigningFailedException">The key or its provider will not.</exception>
    internal byte[] Sign(ReadOnlySpan<byte> data, SignatureForm form)
    {
        try
        {
            HashAlgorithmName hash = form == SignatureForm.Sigstore ? HashAlgorithmName.SHA256 : Public.Algorithm.Hash;
            return (Private, form) switch
            {
                (RSA rsa, SignatureForm.Jose) => rsa.SignData(data.ToArray(), hash, RSASignaturePadding.Pss),
                (RSA rsa, _) => rsa.SignData(data.ToArray(), hash, RSASignaturePadding.Pkcs1),
                (ECDsa ec, SignatureForm.Jose) => ec.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
                (ECDsa ec, _) => ec.SignData(data, hash, DSASignatureFormat.Rfc3279DerSequence),
                _ => throw new CryptographicException("The key is of another kind."),
            };
        }
        catch (CryptographicException e)
        {
            throw new SigningFailedException(Name, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Private.Dispose();
        Public.Dispose();
        foreach (X509Certificate2 certificate in Chain)
        {
            certificate.Dispose();
        }
    }
}
