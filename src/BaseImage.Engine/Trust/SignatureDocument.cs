using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Keys;

namespace BaseImage.Engine.Trust;

/// <summary>A signature as it was found: its bytes, and where they were.</summary>
/// <param name="Format">Its form.</param>
/// <param name="Manifest">The manifest that it is kept in.</param>
/// <param name="Content">The envelope; of cosign's form under a tag the payload.</param>
internal sealed record StoredSignature(SignatureFormat Format, OciDescriptor Manifest, ReadOnlyMemory<byte> Content)
{
    /// <summary>The annotations beside the content, which nothing vouches for.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What a detached signature is of; empty for others.</summary>
    internal ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Why there is no content: the document that should have it is wrong; null where there is one.</summary>
    internal TrustFailureException? Failure { get; init; }
}

/// <summary>What a signature's document says, read and not yet believed.</summary>
internal sealed record SignatureDocument
{
    /// <summary>Its form.</summary>
    internal required SignatureFormat Format { get; init; }

    /// <summary>What it is of.</summary>
    internal required OciDescriptor Target { get; init; }

    /// <summary>The signer's certificate and those over it; empty for a key alone.</summary>
    internal IReadOnlyList<X509Certificate2> Chain { get; init; } = [];

    /// <summary>
    /// True where the certificates only go with the document, which has a key as well: a key that is named needs none of them, they
    /// are in any order behind the signer's own, and those of a trust store may complete them.
    /// </summary>
    internal bool IsChainBeside { get; init; }

    /// <summary>A hint at the key, which decides nothing; empty for none.</summary>
    internal string KeyHint { get; init; } = "";

    /// <summary>True of the scheme <c>notary.x509.signingAuthority</c>.</summary>
    internal bool IsSigningAuthority { get; init; }

    /// <summary>The scheme's name; empty for forms that have none.</summary>
    internal string SigningScheme { get; init; } = "";

    /// <summary>When it was made; of a signing authority's scheme vouched for by the signer.</summary>
    internal DateTimeOffset? SigningTime { get; init; }

    /// <summary>When it is no longer to be used.</summary>
    internal DateTimeOffset? Expiry { get; init; }

    /// <summary>The timestamp's token; empty for none.</summary>
    internal ReadOnlyMemory<byte> Timestamp { get; init; }

    /// <summary>The signature itself, which a timestamp is of.</summary>
    internal ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The program that made it; empty where it does not say.</summary>
    internal string SigningAgent { get; init; } = "";

    /// <summary>Why no key can verify it though its form is known: it was made without one; empty otherwise.</summary>
    internal string Keyless { get; init; } = "";

    /// <summary>Whether it holds under a key. Nothing that the document says chooses the algorithm.</summary>
    internal required Func<VerificationKey, bool> Holds { get; init; }

    /// <summary>Makes sure of what has to agree with the signer's key before it is asked; throws what is wrong.</summary>
    internal Action<VerificationKey> CheckAlgorithm { get; init; } = _ => { };
}
