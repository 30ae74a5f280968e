using System.Management.Automation;
using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Assert-BaseImage: passes results on, and stops the pipeline's script at the end if any is bad enough.</summary>
[Cmdlet(VerbsLifecycle.Assert, "BaseImage")]
[OutputType(typeof(AuditResult))]
public sealed class AssertBaseImageCommand : BaseImageCmdlet
{
    private const int ExitCodeOfFindings = 2;
    private readonly List<AuditResult> _results = [];

    /// <summary>The audit's results.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public AuditResult[] InputObject { get; set; } = [];

    /// <summary>The least severity that fails; a rule that could not be evaluated fails at its own severity.</summary>
    [Parameter]
    public Severity MinimumSeverity { get; set; } = Severity.High;

    /// <summary>Sets the process's exit code to 2 instead of throwing, which would make it 1.</summary>
    [Parameter]
    public SwitchParameter EnableExit { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _results.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        new AuditPrinter(this).WriteAll(_results);
        List<AuditResult> bad = [.. _results.Where(IsBad)];
        if (bad.Count == 0)
        {
            return;
        }

        AuditResult worst = bad.MaxBy(result => result.Severity)!;
        AuditFailedException failure = new(bad.Count, MinimumSeverity, $"{worst.RuleId} {worst.Title} ({worst.Image})");
        if (EnableExit)
        {
            // A throw after this would turn the exit code into 1, the code for a tool that failed.
            WriteWarning(failure.Message);
            Host.SetShouldExit(ExitCodeOfFindings);
        }
        else
        {
            ThrowTerminatingError(ErrorMap.ToRecord(failure, worst));
        }
    }

    private bool IsBad(AuditResult result) => result.Status is AuditStatus.Fail or AuditStatus.Error && result.Severity >= MinimumSeverity;
}
