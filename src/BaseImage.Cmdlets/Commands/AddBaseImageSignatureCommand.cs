using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Add-BaseImageSignature: signs images, and keeps the signatures beside them.</summary>
[Cmdlet(VerbsCommon.Add, "BaseImageSignature", SupportsShouldProcess = true, DefaultParameterSetName = OfPath)]
[OutputType(typeof(ImageSignature))]
public sealed class AddBaseImageSignatureCommand : ImageCmdlet
{
    private const string OfPath = "Path";
    private const string OfStore = "Store";
    private const string OfCertificate = "Certificate";

    /// <summary>A file with the private key: PFX, PEM (PKCS #8, PKCS #1, SEC 1; encrypted too) or cosign's own. A PEM file may have the certificates too.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = OfPath)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string KeyPath { get; set; } = "";

    /// <summary>The SHA-1 or SHA-256 thumbprint of a certificate with a private key in the user's or the machine's store.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OfStore)]
    [ValidateNotNullOrEmpty]
    public string Thumbprint { get; set; } = "";

    /// <summary>A certificate with its private key, as Get-PfxCertificate and the Cert: drive give them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = OfCertificate)]
    [ValidateNotNull]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Files of certificates, PEM or DER: the key's own and those that lead to its root, in any order. Notation and CMS need them all.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] CertificatePath { get; set; } = [];

    /// <summary>The password of the key's file.</summary>
    [Parameter(ParameterSetName = OfPath)]
    public SecureString? Password { get; set; }

    /// <summary>A credential whose password is that of the key's file.</summary>
    [Parameter(ParameterSetName = OfPath)]
    [Credential]
    public PSCredential? KeyCredential { get; set; }

    /// <summary>The forms, a signature each: Notation (JWS), NotationCose, Cms, Cosign (under a tag), CosignBundle.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public SignatureFormat[] Format { get; set; } = [SignatureFormat.Notation];

    /// <summary>When the signature is no longer to be used. Only Notation's forms have that.</summary>
    [Parameter]
    public DateTimeOffset? Expiry { get; set; }

    /// <summary>What to say besides, as names and values.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Annotation { get; set; } = [];

    /// <summary>The image's name in cosign's payload, as registry.example/team/web, where it is not the image's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Identity { get; set; }

    /// <summary>Signs as a signing authority of the Notary Project, whose signing time verifiers believe.</summary>
    [Parameter]
    public SwitchParameter SigningAuthority { get; set; }

    /// <summary>A timestamp authority (RFC 3161, over http or https) that vouches for when the signature was made, so that it stays good after its certificates. For the forms of Notation and CMS, with -TimestampCertificate.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? TimestampUrl { get; set; }

    /// <summary>Files of certificates of timestamp authorities that are trusted: what the authority gives is held against them before anything is kept.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] TimestampCertificate { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        SigningKeySource? key = null;
        IReadOnlyList<string> timestamps = [];
        if (!Try(null, () => (key, timestamps) = (Key(), [.. TimestampCertificate.SelectMany(Paths.Existing)])))
        {
            return;
        }

        string signer = key!.ToString();
        ForEachImage(async (engine, reference, work) =>
        {
            foreach (SignatureFormat format in Format.Distinct())
            {
                if (!await work.ShouldProcessAsync(reference, $"Add a signature of the form {format} by '{signer}'"))
                {
                    continue;
                }

                await work.WriteAsync(await engine.Signer.SignAsync(
                    new SigningRequest
                    {
                        Image = reference,
                        Key = key,
                        Format = format,
                        Expiry = Expiry,
                        Annotations = Annotation.Cast<DictionaryEntry>().ToDictionary(pair => LanguagePrimitives.ConvertTo<string>(pair.Key), pair => LanguagePrimitives.ConvertTo<string>(pair.Value), StringComparer.Ordinal),
                        Identity = Identity ?? "",
                        IsSigningAuthority = SigningAuthority,
                        TimestampUrl = TimestampUrl,
                        TimestampCertificatePaths = timestamps,
                    },
                    work,
                    work.Stop));
            }
        });
    }

    private SigningKeySource Key() => new()
    {
        KeyPath = ParameterSetName == OfPath ? Paths.Existing(KeyPath)[0] : null,
        Thumbprint = ParameterSetName == OfStore ? Thumbprint : null,
        Certificate = ParameterSetName == OfCertificate ? Certificate : null,
        CertificatePaths = [.. CertificatePath.SelectMany(Paths.Existing)],
        Password = Password ?? KeyCredential?.Password,
    };
}
