namespace BaseImage.Errors;

/// <summary>A trust policy is not one, or breaks a rule of trust policies.</summary>
public sealed class TrustPolicyInvalidException(string path, string problem, Exception? inner = null)
    : BaseImageException($"'{path}': {problem}.", path, "Mend the trust policy; the Notary Project's trust store and trust policy specification has its rules.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "TrustPolicyInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>There is no trust policy, and no parameter says what to trust.</summary>
public sealed class TrustPolicyNotFoundException(string path)
    : BaseImageException($"There is no trust policy '{path}', so that nothing is trusted.", path, "Write a trust policy there as for Notation, name one with -TrustPolicyPath, or say what to trust with -PublicKey or -TrustedCertificate.")
{
    /// <inheritdoc/>
    public override string ErrorId => "TrustPolicyNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A trust store that a policy names is missing, or has something in it that may not be there.</summary>
public sealed class TrustStoreInvalidException(string path, string problem, Exception? inner = null)
    : BaseImageException($"The trust store '{path}' {problem}.", path, "Keep certificates in it and nothing else: plain files of authorities or self-signed signers, PEM or DER, no links and no folders. It is the folder x509/KIND/NAME of the trust store that -TrustStorePath names, else of the one beside the trust policy.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "TrustStoreInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A revocation list cannot be read.</summary>
public sealed class RevocationListInvalidException(string path, string problem, Exception? inner = null)
    : BaseImageException($"The revocation list '{path}' {problem}.", path, "Give a file with revocation lists (X.509 CRL), PEM or DER.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "RevocationListInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A key or what was asked does not fit the form of signature.</summary>
public sealed class SigningNotPossibleException(string name, string problem)
    : BaseImageException($"'{name}' cannot sign so: {problem}.", name, "Use a code signing certificate with its whole chain (-CertificatePath for the rest of it), or a form that needs no certificate: -Format Cosign or CosignBundle.")
{
    /// <inheritdoc/>
    public override string ErrorId => "SigningNotPossible";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>Images are not trusted.</summary>
public sealed class SignatureNotTrustedException(int count, string first)
    : BaseImageException(count == 0 ? $"No image was verified: {first}" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} of the images {(count == 1 ? "is" : "are")} not trusted; the first: {first}"), null, "Look at Status and Message of each result, and at Signatures for every check; sign what may be used, or mend the trust policy.")
{
    /// <inheritdoc/>
    public override string ErrorId => "SignatureNotTrusted";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>What is to be stated about an image cannot be signed: the key, or who states it, is missing or not one.</summary>
public sealed class PublishingKeyMissingException(string destination, string problem, string recommendedAction)
    : BaseImageException($"'{destination}': {problem}.", destination, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "PublishingKeyMissing";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A timestamp authority gave no timestamp that a verifier would take; nothing was signed.</summary>
public sealed class TimestampNotObtainedException(string authority, string problem, Exception? inner = null)
    : BaseImageException($"'{authority}' gives no timestamp: {problem}. Nothing was signed.", authority, "Make sure that -TimestampUrl names an RFC 3161 authority that can be reached from here, and that -TimestampCertificate names the root that its certificates lead to.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "TimestampNotObtained";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Connection;
}
