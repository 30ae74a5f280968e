namespace BaseImage.Engine.Trust.Cosign;

/// <summary>Names of cosign's signatures. Source: cosign, SIGNATURE_SPEC and BUNDLE_SPEC; sigstore protobuf-specs.</summary>
internal static class CosignNames
{
    internal const string SimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";
    internal const string Signature = "dev.cosignproject.cosign/signature";
    internal const string Certificate = "dev.sigstore.cosign/certificate";
    internal const string Chain = "dev.sigstore.cosign/chain";

    internal const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
    internal const string BundlePrefix = "application/vnd.dev.sigstore.bundle";
    internal const string BundleContent = "dev.sigstore.bundle.content";
    internal const string BundlePredicate = "dev.sigstore.bundle.predicateType";
    internal const string SignPredicate = "https://sigstore.dev/cosign/sign/v1";

    /// <summary>A layer of an attestation under a tag, as cosign 2 keeps them; its predicate is in an annotation beside it.</summary>
    internal const string Dsse = "application/vnd.dsse.envelope.v1+json";
    internal const string DssePredicate = "predicateType";

    internal const string InToto = "application/vnd.in-toto+json";
    internal const string Statement = "https://in-toto.io/Statement/v1";

    // What cosign 3 still writes around its attestations; the same fields as version 1.
    private const string OlderStatement = "https://in-toto.io/Statement/v0.1";

    /// <summary>True of the types of statements that are read.</summary>
    internal static bool IsStatement(string type) => type is Statement or OlderStatement;

    /// <summary>The tag that signatures of a manifest are kept under.</summary>
    internal static string Tag(Digest subject) => $"{subject.Algorithm}-{subject.Hex}.sig";

    /// <summary>The tag that cosign 2 keeps attestations of a manifest under.</summary>
    internal static string AttestationTag(Digest subject) => $"{subject.Algorithm}-{subject.Hex}.att";
}
