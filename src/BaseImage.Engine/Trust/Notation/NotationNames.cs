namespace BaseImage.Engine.Trust.Notation;

/// <summary>Names of the Notary Project's signatures. Source: signature specification 1.0; JWS signature envelope.</summary>
internal static class NotationNames
{
    internal const string ArtifactType = "application/vnd.cncf.notary.signature";
    internal const string Jws = "application/jose+json";
    internal const string Cose = "application/cose";
    internal const string Thumbprints = "io.cncf.notary.x509chain.thumbprint#S256";

    internal const string Scheme = "io.cncf.notary.signingScheme";
    internal const string SigningTime = "io.cncf.notary.signingTime";
    internal const string AuthenticSigningTime = "io.cncf.notary.authenticSigningTime";
    internal const string Expiry = "io.cncf.notary.expiry";
    internal const string Plugin = "io.cncf.notary.verificationPlugin";
    internal const string PluginMinVersion = "io.cncf.notary.verificationPluginMinVersion";
    internal const string Timestamp = "io.cncf.notary.timestampSignature";
    internal const string Agent = "io.cncf.notary.signingAgent";

    internal const string X509 = "notary.x509";
    internal const string SigningAuthority = "notary.x509.signingAuthority";
}
