using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImageAttestation: whether somebody who is trusted states what has to be stated about an image.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImageAttestation")]
[OutputType(typeof(AttestationResult), typeof(bool))]
public sealed class TestBaseImageAttestationCommand : TrustCmdlet
{
    /// <summary>The kinds of statement that there have to be: Provenance, Spdx, CycloneDx or other URIs. A provenance where none is given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PredicateCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] PredicateType { get; set; } = [PredicateKind.Provenance];

    /// <summary>The builders that may have built the image: URIs, compared to the letter. Any where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] BuilderId { get; set; } = [];

    /// <summary>The ways in which it may have been built: URIs, compared to the letter. Any where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] BuildType { get; set; } = [];

    /// <summary>The repositories that it may have been built from, <c>*</c> for any characters. Any where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Source { get; set; } = [];

    /// <summary>Everything that went into the image has to be pinned by a digest.</summary>
    [Parameter]
    public SwitchParameter RequirePinned { get; set; }

    /// <summary>Gives true or false alone, one an image. What cannot be verified is false, with an error; what is not attested is false, with a warning.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Less trust than was asked for is told, and nothing is verified by what is left of it.
        if (Trust() is { } trust)
        {
            ForEachImage((engine, reference, work) => TestAsync(engine, reference, trust, work));
        }
        else if (Quiet)
        {
            foreach (string _ in Image)
            {
                WriteObject(false);
            }
        }
    }

    private async Task TestAsync(IBaseImageEngine engine, string reference, TrustRequest trust, PipelineWork work)
    {
        bool all = true;
        try
        {
            foreach (string kind in PredicateType)
            {
                AttestationResult result = await engine.AttestationTester.TestAsync(
                    reference,
                    new AttestationPolicy { Trust = trust, PredicateType = PredicateKind.Resolve(kind), BuilderIds = BuilderId, BuildTypes = BuildType, Sources = Source, RequirePinned = RequirePinned },
                    work.Stop);
                all &= result.IsTrusted;
                if (!Quiet)
                {
                    await work.WriteAsync(result);
                }
                else if (result.Attestations.Count == 0)
                {
                    work.Warning($"{reference}: {result.Message}");
                }
            }
        }
        catch (BaseImageException exception) when (Quiet)
        {
            // What cannot be read is not trusted; the question has an answer, and the reason is kept.
            await work.WriteErrorAsync(exception, reference);
            all = false;
        }

        if (Quiet)
        {
            await work.WriteAsync(all);
        }
    }
}
