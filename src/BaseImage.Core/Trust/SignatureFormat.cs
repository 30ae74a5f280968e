namespace BaseImage;

/// <summary>The forms in which an image's signature is kept.</summary>
public enum SignatureFormat
{
    /// <summary>A Notary Project signature in a JWS envelope, as Notation writes them.</summary>
    Notation,

    /// <summary>A detached CMS (PKCS #7) signature.</summary>
    Cms,

    /// <summary>A cosign signature of a simple signing payload, under the tag <c>sha256-HEX.sig</c>.</summary>
    Cosign,

    /// <summary>A sigstore bundle, version 0.3, as cosign 3 writes them.</summary>
    CosignBundle,

    /// <summary>A Notary Project signature in a COSE envelope, as Notation writes them with <c>--signature-format cose</c>.</summary>
    NotationCose,
}
