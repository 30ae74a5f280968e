using System.Security.Cryptography;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>
/// What a key signs with. Key and size alone decide; nothing that a signature says of itself ever does.
/// Source: Notary Project signature specification, "Algorithm Selection"; RFC 7518, section 3.1.
/// </summary>
/// <param name="Jose">The name in JWS, as <c>PS256</c>.</param>
/// <param name="Cose">The number in COSE, as -37. Source: RFC 9053, section 2.1; RFC 8230, section 2.</param>
/// <param name="Hash">The hash.</param>
/// <param name="IsEllipticCurve">True for ECDSA, false for RSA.</param>
/// <param name="Words">For a person, as <c>RSA 2048</c>.</param>
internal sealed record KeyAlgorithm(string Jose, int Cose, HashAlgorithmName Hash, bool IsEllipticCurve, string Words)
{
    private static readonly KeyAlgorithm[] Rsa =
    [
        new("PS256", -37, HashAlgorithmName.SHA256, false, "RSA 2048"),
        new("PS384", -38, HashAlgorithmName.SHA384, false, "RSA 3072"),
        new("PS512", -39, HashAlgorithmName.SHA512, false, "RSA 4096"),
    ];

    private static readonly KeyAlgorithm P256 = new("ES256", -7, HashAlgorithmName.SHA256, true, "ECDSA P-256");
    private static readonly KeyAlgorithm P384 = new("ES384", -35, HashAlgorithmName.SHA384, true, "ECDSA P-384");
    private static readonly KeyAlgorithm P521 = new("ES512", -36, HashAlgorithmName.SHA512, true, "ECDSA P-521");

    /// <summary>The algorithm of a number in COSE; null for one that is not used.</summary>
    internal static KeyAlgorithm? OfCose(int number) => new[] { P256, P384, P521 }.Concat(Rsa).FirstOrDefault(algorithm => algorithm.Cose == number);

    /// <summary>A key's algorithm.</summary>
    /// <exception cref="Errors.KeyNotSupportedException">No format has one for it.</exception>
    internal static KeyAlgorithm Of(AsymmetricAlgorithm key, string name) => key switch
    {
        RSA { KeySize: 2048 } => Rsa[0],
        RSA { KeySize: 3072 } => Rsa[1],
        RSA { KeySize: 4096 } => Rsa[2],
        RSA => throw new Errors.KeyNotSupportedException(name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"an RSA key of {key.KeySize} bits")),
        ECDsa ec => OfCurve(ec, name),
        _ => throw new Errors.KeyNotSupportedException(name, $"a key of another kind ({key.SignatureAlgorithm ?? key.GetType().Name})"),
    };

    // The curve itself, not its size: brainpoolP256r1 has 256 bits too. Windows may give a name without an OID.
    private static KeyAlgorithm OfCurve(ECDsa key, string name)
    {
        ECCurve curve;
        try
        {
            curve = key.ExportParameters(includePrivateParameters: false).Curve;
        }
        catch (CryptographicException e)
        {
            throw new Errors.KeyInvalidException(name, "has an elliptic curve key that cannot be read", e);
        }

        return !curve.IsNamed ? throw new Errors.KeyNotSupportedException(name, "an elliptic curve key with a curve of its own")
            : (curve.Oid.Value, curve.Oid.FriendlyName) switch
            {
                ("1.2.840.10045.3.1.7", _) or (null or "", "nistP256" or "ECDSA_P256") => P256,
                ("1.3.132.0.34", _) or (null or "", "nistP384" or "ECDSA_P384") => P384,
                ("1.3.132.0.35", _) or (null or "", "nistP521" or "ECDSA_P521") => P521,
                _ => throw new Errors.KeyNotSupportedException(name, $"an elliptic curve key on {curve.Oid.FriendlyName ?? curve.Oid.Value}"),
            };
    }
}
