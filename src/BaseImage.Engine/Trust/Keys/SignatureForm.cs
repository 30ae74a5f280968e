namespace BaseImage.Engine.Trust.Keys;

/// <summary>How the formats write a key's signature down.</summary>
internal enum SignatureForm
{
    /// <summary>JWS: RSASSA-PSS, or ECDSA as r and s of fixed length, with the key's own hash. Source: RFC 7518, sections 3.4 and 3.5.</summary>
    Jose,

    /// <summary>Sigstore's DSSE: RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA in DER with the key's own hash.</summary>
    Sigstore,

    /// <summary>cosign's signatures under a tag: as <see cref="Sigstore"/>, but SHA-256 for every curve.</summary>
    SigstoreSha256,
}
