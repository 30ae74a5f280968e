using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Add-BaseImageAttestation: signed statements about an image, kept beside it.</summary>
[Cmdlet(VerbsCommon.Add, "BaseImageAttestation", SupportsShouldProcess = true)]
[OutputType(typeof(ImageAttestation))]
public sealed class AddBaseImageAttestationCommand : ImageCmdlet
{
    /// <summary>States how the image was built (SLSA provenance): the definition that it was built from. Its lock has to fit it, and the image's packages the lock.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Definition { get; set; }

    /// <summary>The lock that it was built from. The definition's own where none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Lock { get; set; }

    /// <summary>Who built it: a URI that verifiers compare to the letter. Needed with -Definition.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string BuilderId { get; set; } = "";

    /// <summary>The repository that definition and lock are kept in: a URI.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "";

    /// <summary>Their commit there.</summary>
    [Parameter]
    [ValidatePattern("^[0-9a-f]{40}([0-9a-f]{24})?$")]
    public string Revision { get; set; } = "";

    /// <summary>The id of the build's run. Not stated where none is given, so that the same build states the same.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string InvocationId { get; set; } = "";

    /// <summary>When the build began. Not stated where none is given.</summary>
    [Parameter]
    public DateTimeOffset? StartedOn { get; set; }

    /// <summary>When the build ended. Not stated where none is given.</summary>
    [Parameter]
    public DateTimeOffset? FinishedOn { get; set; }

    /// <summary>States what is inside: makes a bill of materials in these formats, for each platform one.</summary>
    [Parameter]
    public SbomFormat[] Sbom { get; set; } = [];

    /// <summary>Bills of materials list packages and no files.</summary>
    [Parameter]
    public SwitchParameter PackageOnly { get; set; }

    /// <summary>States something else: a file with a JSON object.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? PredicatePath { get; set; }

    /// <summary>What kind of statement that is: a URI.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string PredicateType { get; set; } = "";

    /// <summary>The key to sign with: a PFX file, a PEM file with a private key, or a key file of cosign.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The key to sign with, by its certificate's SHA-1 or SHA-256 thumbprint in the certificate store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Thumbprint { get; set; }

    /// <summary>The key to sign with: a certificate with its private key.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The password of the key's file.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Password { get; set; }

    /// <summary>A credential whose password is that of the key's file.</summary>
    [Parameter]
    [Credential]
    public PSCredential? KeyCredential { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? keyPath = null, predicate = null, definition = null, lockPath = null;
        if (!Try(KeyPath ?? Thumbprint ?? "", () =>
            {
                Check();
                keyPath = KeyPath is null ? null : Paths.Existing(KeyPath)[0];
                predicate = PredicatePath is null ? null : Paths.Existing(PredicatePath)[0];
                definition = Definition is null ? null : One(DefinitionFiles.Definitions(Paths.Existing(Definition)[0], recurse: false));
                lockPath = Lock is not null ? One(DefinitionFiles.Locks(Paths.Existing(Lock)[0], recurse: false)) : definition is null ? null : DefinitionFiles.Locks(definition, recurse: false)[0];
            }))
        {
            return;
        }

        SigningKeySource key = new() { KeyPath = keyPath, Thumbprint = Thumbprint, Certificate = Certificate, Password = Password ?? KeyCredential?.Password };
        ForEachImage((engine, reference, work) => AttestAsync(engine, reference, key, definition, lockPath, predicate, work));
    }

    private async Task AttestAsync(IBaseImageEngine engine, string reference, SigningKeySource key, string? definition, string? lockPath, string? predicate, PipelineWork work)
    {
        string[] kinds = [.. Definition is null ? [] : new[] { "provenance" }, .. Sbom.Select(format => format.ToString()), .. predicate is null ? [] : new[] { PredicateType }];
        if (!await work.ShouldProcessAsync(reference, $"Sign and add an attestation of {string.Join(", ", kinds)}"))
        {
            return;
        }

        AttestationRequest request = new()
        {
            Image = reference,
            Key = key,
            Provenance = definition is null ? null : new ProvenanceRequest
            {
                Definition = await engine.Definitions.ReadAsync(definition, work.Stop),
                Lock = await engine.Locks.ReadAsync(lockPath!, work.Stop),
                BuilderId = BuilderId,
                Source = Source,
                Revision = Revision,
                InvocationId = InvocationId,
                StartedOn = StartedOn,
                FinishedOn = FinishedOn,
            },
            Sboms = Sbom,
            PackagesOnly = PackageOnly,
            PredicatePath = predicate,
            PredicateType = PredicateKind.Resolve(PredicateType),
        };
        foreach (ImageAttestation attestation in await engine.Attester.AttestAsync(request, work, work.Stop))
        {
            await work.WriteAsync(attestation);
        }
    }

    // Keys and statements may be put together freely, which parameter sets cannot say.
    private void Check()
    {
        if (new object?[] { KeyPath, Thumbprint, Certificate }.Count(key => key is not null) != 1)
        {
            throw new AttestationNotPossibleException(string.Join(", ", Image), "exactly one key signs", "Give one of -KeyPath, -Thumbprint and -Certificate.");
        }

        if (Definition is null && Sbom.Length == 0 && PredicatePath is null)
        {
            throw new AttestationNotPossibleException(string.Join(", ", Image), "nothing was to be stated", "Say what to state with -Definition, -Sbom or -PredicatePath.");
        }

        if ((Definition is not null && BuilderId.Length == 0) || (PredicatePath is not null && PredicateType.Length == 0))
        {
            throw new AttestationNotPossibleException(string.Join(", ", Image), Definition is not null && BuilderId.Length == 0 ? "a provenance says who built" : "a predicate has a kind", Definition is not null && BuilderId.Length == 0 ? "Give a URI with -BuilderId." : "Give a URI with -PredicateType.");
        }
    }

    private string One(IReadOnlyList<string> found)
        => found.Count == 1 ? found[0] : throw new AttestationNotPossibleException(string.Join(", ", Image), $"the folder holds {found.Count} of them", "Name one file.");
}
