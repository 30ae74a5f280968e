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

    internal const string InToto = "application/vnd.in-toto+json";
    internal const string Statement = "https://in-toto.io/Statement/v1";

    /// <summary>The tag that signatures of a manifest are kept under.</summary>
    internal static string Tag(Digest subject) => $"{subject.Algorithm}-{subject.Hex}.sig";
}
