namespace BaseImage.Engine.Trust.Keys;

/// <summary>How the formats write a key's signature down.</summary>
internal enum SignatureForm
{
    /// <summary>JWS and COSE: RSASSA-PSS, or ECDSA as r and s of fixed length, with the key's own hash. Source: RFC 7518, sections 3.4 and 3.5; RFC 9053, section 2.1; RFC 8230, section 2.</summary>
    Jose,

    /// <summary>Sigstore's, for payloads and DSSE alike: RSASSA-PKCS1-v1_5 or ECDSA in DER, with SHA-256 for every key, which is what cosign's client verifies unless it is told otherwise.</summary>
    Sigstore,
}
