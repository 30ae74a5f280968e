using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Policies;

/// <summary>A key that is trusted by itself.</summary>
/// <param name="Key">The key.</param>
/// <param name="Certificate">The self-signed certificate that has it, whose name and term count; null for a bare key.</param>
internal sealed record TrustedKey(VerificationKey Key, X509Certificate2? Certificate);

/// <summary>All that a signature is judged by, read once for an image: a statement and what it names.</summary>
internal sealed record TrustAnchors
{
    /// <summary>The statement.</summary>
    internal required TrustStatement Statement { get; init; }

    /// <summary>Authorities and self-signed signers.</summary>
    internal IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Roots of signing authorities, whose signing times are believed.</summary>
    internal IReadOnlyList<X509Certificate2> SigningAuthorities { get; init; } = [];

    /// <summary>Roots of timestamp authorities.</summary>
    internal IReadOnlyList<X509Certificate2> TimestampAuthorities { get; init; } = [];

    /// <summary>True where timestamps are asked for.</summary>
    internal bool AsksForTimestamps { get; init; }

    /// <summary>Keys that are trusted by themselves.</summary>
    internal IReadOnlyList<TrustedKey> Keys { get; init; } = [];

    /// <summary>What is revoked.</summary>
    internal RevocationLists Revocations { get; init; } = RevocationLists.None;

    /// <summary>Reads what an image is judged by.</summary>
    /// <param name="trust">What to trust.</param>
    /// <param name="scope">The image's repository; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null where no statement of the policy is for the image.</returns>
    /// <exception cref="BaseImageException">Policy, store, key or list cannot be read.</exception>
    internal static async Task<TrustAnchors?> ReadAsync(TrustRequest trust, string? scope, CancellationToken cancellationToken)
    {
        RevocationLists revocations = await RevocationLists.ReadAsync(trust.RevocationListPaths, cancellationToken).ConfigureAwait(false);
        return trust.PublicKeyPaths.Count + trust.CertificatePaths.Count > 0
            ? await OfParametersAsync(trust, revocations, cancellationToken).ConfigureAwait(false)
            : await OfPolicyAsync(trust, scope, revocations, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<TrustAnchors> OfParametersAsync(TrustRequest trust, RevocationLists revocations, CancellationToken cancellationToken)
    {
        List<TrustedKey> keys = [];
        foreach (string path in trust.PublicKeyPaths)
        {
            keys.AddRange((await VerificationKey.ReadAsync(path, cancellationToken).ConfigureAwait(false)).Select(key => new TrustedKey(key, null)));
        }

        IReadOnlyList<X509Certificate2> authorities = await CertificatesAsync(trust.CertificatePaths, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<X509Certificate2> timestamps = await CertificatesAsync(trust.TimestampCertificatePaths, cancellationToken).ConfigureAwait(false);
        return new TrustAnchors
        {
            Statement = new TrustStatement { Name = "", Level = "strict" },
            Authorities = authorities,
            SigningAuthorities = authorities,
            TimestampAuthorities = timestamps,
            AsksForTimestamps = timestamps.Count > 0,
            Keys = [.. keys, .. SelfSigned(authorities)],
            Revocations = revocations,
        };
    }

    private static async Task<TrustAnchors?> OfPolicyAsync(TrustRequest trust, string? scope, RevocationLists revocations, CancellationToken cancellationToken)
    {
        string policyPath = trust.PolicyPath ?? TrustLocations.FromEnvironment().PolicyPath;
        IReadOnlyList<TrustStatement> statements = await TrustPolicyReader.ReadAsync(policyPath, cancellationToken).ConfigureAwait(false);
        if (TrustPolicyReader.For(statements, scope) is not { } statement)
        {
            return null;
        }

        TrustStore store = new(trust.StorePath ?? TrustLocations.StoreBeside(policyPath));
        IReadOnlyList<X509Certificate2> authorities = await store.ReadAsync("ca", statement.Stores, cancellationToken).ConfigureAwait(false);
        return new TrustAnchors
        {
            Statement = statement,
            Authorities = authorities,
            SigningAuthorities = await store.ReadAsync("signingAuthority", statement.Stores, cancellationToken).ConfigureAwait(false),
            TimestampAuthorities = await store.ReadAsync("tsa", statement.Stores, cancellationToken).ConfigureAwait(false),
            AsksForTimestamps = statement.Stores.Any(named => named.Kind == "tsa"),
            Keys = [.. SelfSigned(authorities)],
            Revocations = revocations,
        };
    }

    // Notation's store has certificates alone, so that a key for cosign is in it as a self-signed certificate that is no authority's.
    private static IEnumerable<TrustedKey> SelfSigned(IReadOnlyList<X509Certificate2> certificates)
        => certificates.Where(IsSigner).Select(certificate => new TrustedKey(VerificationKey.Of(certificate), certificate));

    private static bool IsSigner(X509Certificate2 certificate)
    {
        try
        {
            CertificateProfile.CheckSigning([certificate]);
            return true;
        }
        catch (TrustFailureException)
        {
            return false;
        }
    }

    private static async Task<IReadOnlyList<X509Certificate2>> CertificatesAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        List<X509Certificate2> certificates = [];
        foreach (string path in paths)
        {
            certificates.AddRange(await CertificateFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        return certificates;
    }
}
