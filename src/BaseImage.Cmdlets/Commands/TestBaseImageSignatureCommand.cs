using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImageSignature: verifies images' signatures by a trust policy, or by keys and certificates that are named.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImageSignature")]
[OutputType(typeof(SignatureResult), typeof(bool))]
public sealed class TestBaseImageSignatureCommand : TrustCmdlet
{
    /// <summary>Writes true or false alone: true where a signature was verified and may pass. What was not verified is false, with a warning.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
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
        try
        {
            SignatureResult result = await engine.SignatureTester.TestAsync(reference, trust, work, work.Stop);
            if (Quiet && result.Signatures.Count == 0)
            {
                work.Warning($"{reference}: {result.Message}");
            }

            await work.WriteAsync(Quiet ? result.IsTrusted : result);
        }
        catch (BaseImageException exception) when (Quiet)
        {
            // What cannot be read is not trusted; the question has an answer, and the reason is kept.
            await work.WriteErrorAsync(exception, reference);
            await work.WriteAsync(false);
        }
    }
}
