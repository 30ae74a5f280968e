using System.Management.Automation;
using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Assert-BaseImageSignature: passes results on, and stops the script at the end if any image is not trusted.</summary>
[Cmdlet(VerbsLifecycle.Assert, "BaseImageSignature")]
[OutputType(typeof(SignatureResult))]
public sealed class AssertBaseImageSignatureCommand : BaseImageCmdlet
{
    private const int ExitCodeOfFindings = 2;
    private readonly List<SignatureResult> _bad = [];
    private bool _any;

    /// <summary>What Test-BaseImageSignature said.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public SignatureResult[] InputObject { get; set; } = [];

    /// <summary>Sets the process's exit code to 2 instead of throwing, which would make it 1.</summary>
    [Parameter]
    public SwitchParameter EnableExit { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (SignatureResult result in InputObject)
        {
            _any = true;
            WriteObject(result);
            if (!result.IsAllowed)
            {
                _bad.Add(result);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // An image that could not be looked at gives no result, so that an empty pipeline proves nothing either.
        if (_any && _bad.Count == 0)
        {
            return;
        }

        SignatureNotTrustedException failure = _bad.Count == 0 ? new(0, "there was no result to look at.") : new(_bad.Count, $"'{_bad[0].Image}' is {_bad[0].Status}: {_bad[0].Message}");
        if (EnableExit)
        {
            // A throw after this would turn the exit code into 1, the code for a tool that failed.
            WriteWarning(failure.Message);
            Host.SetShouldExit(ExitCodeOfFindings);
        }
        else
        {
            ThrowTerminatingError(ErrorMap.ToRecord(failure, _bad.FirstOrDefault()));
        }
    }
}
