using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;

namespace BaseImage.Engine.Trust.Notation;

/// <summary>What both envelopes of the Notary Project have in them, taken out and not yet believed.</summary>
internal sealed record NotationEnvelope
{
    /// <summary>The most bytes of an envelope; Notation's own limit.</summary>
    internal const int MaxBytes = 10 << 20;

    /// <summary>Which envelope it was.</summary>
    internal required SignatureFormat Format { get; init; }

    /// <summary>The signed header.</summary>
    internal required ProtectedHeader Header { get; init; }

    /// <summary>The payload.</summary>
    internal required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The certificates' DER, the signer's first.</summary>
    internal required IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; init; }

    /// <summary>What the envelope calls them.</summary>
    internal required string ChainName { get; init; }

    /// <summary>The timestamp's token; empty for none.</summary>
    internal ReadOnlyMemory<byte> Timestamp { get; init; }

    /// <summary>The program that signed; empty where it does not say.</summary>
    internal required string Agent { get; init; }

    /// <summary>The signature.</summary>
    internal required byte[] Signature { get; init; }

    /// <summary>The very bytes that the signature is of.</summary>
    internal required byte[] Signed { get; init; }

    /// <summary>Makes sure that an envelope may be read.</summary>
    /// <exception cref="TrustFailureException">It is too large.</exception>
    internal static void CheckSize(int bytes)
    {
        if (bytes > MaxBytes)
        {
            throw new TrustFailureException(SignatureStatus.TooLarge, $"The envelope has {bytes} bytes, and at most {MaxBytes} are read.");
        }
    }

    /// <summary>The same as every signature's document.</summary>
    /// <exception cref="TrustFailureException">The payload or the certificates are none.</exception>
    internal SignatureDocument ToDocument()
    {
        byte[] signed = Signed, signature = Signature;
        IReadOnlyList<X509Certificate2> chain = Certificates();
        return new SignatureDocument
        {
            Format = Format,
            Target = SignedPayload.Read(Payload),
            Chain = chain,
            IsSigningAuthority = Header.IsSigningAuthority,
            SigningScheme = Header.IsSigningAuthority ? NotationNames.SigningAuthority : NotationNames.X509,
            SigningTime = Header.SigningTime,
            Expiry = Header.Expiry,
            Timestamp = Timestamp,
            Signature = signature,
            SigningAgent = Agent,
            Holds = key => key.Verifies(signed, signature, SignatureForm.Jose),
            CheckAlgorithm = CheckAlgorithm,
        };
    }

    private void CheckAlgorithm(VerificationKey key)
    {
        if (Header.NotUnderstood.Length > 0)
        {
            throw new TrustFailureException(SignatureStatus.UnsupportedAttribute, Header.NotUnderstood is NotationNames.Plugin or NotationNames.PluginMinVersion
                ? "It has to be verified by a plugin of Notation's, which are not run here."
                : $"It has the critical attribute '{Header.NotUnderstood}', which is not known.");
        }

        if (Header.Algorithm != key.Algorithm.Jose)
        {
            throw new TrustFailureException(SignatureStatus.AlgorithmMismatch, $"It names the algorithm '{Header.Algorithm}', and the signer's key ({key.Algorithm.Words}) has {key.Algorithm.Jose}.");
        }
    }

    private X509Certificate2[] Certificates() => Chain.Count is 0 or > CertificateLinks.MaxLength
        ? throw new TrustFailureException(SignatureStatus.ChainBroken, Chain.Count == 0 ? "There is no certificate." : $"There are more than {CertificateLinks.MaxLength} certificates.")
        : [.. Chain.Select(one => CertificateFile.Der(one.ToArray(), ChainName))];
}
