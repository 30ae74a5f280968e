using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Add-BaseImageAttestation: signed statements about an image, kept beside it.</summary>
[Cmdlet(VerbsCommon.Add, "BaseImageAttestation", SupportsShouldProcess = true)]
[OutputType(typeof(ImageAttestation))]
public sealed class AddBaseImageAttestationCommand : SigningCmdlet
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

    /// <summary>States how the image was built (SLSA provenance): the Dockerfile, or its folder, that Build-BaseImage built it from. The image's labels and history have to fit it.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Dockerfile { get; set; }

    /// <summary>With -Dockerfile the folder of the context; that of the settings file, else the Dockerfile's own, where none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>With -Dockerfile the settings file; Dockerfile.build.psd1 or Dockerfile.build.json beside it where none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? SettingsPath { get; set; }

    /// <summary>With -Dockerfile the stage that was built; the last where none is given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>Who built it: a URI that verifiers compare to the letter. Needed with -Definition and -Dockerfile.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string BuilderId { get; set; } = "";

    /// <summary>The repository that the definition or the Dockerfile is kept in: a URI.</summary>
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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? predicate = null;
        SigningKeySource? key = null;
        BuiltFrom? built = null;
        if (!Try(KeyPath ?? Thumbprint ?? "", () =>
            {
                Check();
                key = NamedKey();
                predicate = PredicatePath is null ? null : Paths.Existing(PredicatePath)[0];
                built = BuiltFrom.Of(Paths, string.Join(", ", Image), Definition, Lock, Dockerfile, Context, SettingsPath, Target);
            }))
        {
            return;
        }

        ForEachImage((engine, reference, work) => AttestAsync(engine, reference, key!, built, predicate, work));
    }

    private async Task AttestAsync(IBaseImageEngine engine, string reference, SigningKeySource key, BuiltFrom? built, string? predicate, PipelineWork work)
    {
        string[] kinds = [.. built is null ? [] : new[] { "provenance" }, .. Sbom.Select(format => format.ToString()), .. predicate is null ? [] : new[] { PredicateType }];
        if (!await work.ShouldProcessAsync(reference, $"Sign and add an attestation of {string.Join(", ", kinds)}"))
        {
            return;
        }

        AttestationRequest request = new()
        {
            Image = reference,
            Key = key,
            Provenance = built is null ? null : await built.ReadAsync(engine, BuilderId, Source, Revision, work.Stop) with { InvocationId = InvocationId, StartedOn = StartedOn, FinishedOn = FinishedOn },
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
        if (Keys != 1)
        {
            throw new AttestationNotPossibleException(string.Join(", ", Image), "exactly one key signs", "Give one of -KeyPath, -Thumbprint and -Certificate.");
        }

        bool isBuilt = Definition is not null || Dockerfile is not null;
        if (!isBuilt && Sbom.Length == 0 && PredicatePath is null)
        {
            throw new AttestationNotPossibleException(string.Join(", ", Image), "nothing was to be stated", "Say what to state with -Definition, -Dockerfile, -Sbom or -PredicatePath.");
        }

        if ((isBuilt && BuilderId.Length == 0) || (PredicatePath is not null && PredicateType.Length == 0))
        {
            throw new AttestationNotPossibleException(string.Join(", ", Image), isBuilt && BuilderId.Length == 0 ? "a provenance says who built" : "a predicate has a kind", isBuilt && BuilderId.Length == 0 ? "Give a URI with -BuilderId." : "Give a URI with -PredicateType.");
        }
    }
}
