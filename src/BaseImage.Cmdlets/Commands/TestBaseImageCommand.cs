using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImage: audits images by the rule catalogue.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImage")]
[OutputType(typeof(AuditResult))]
public sealed class TestBaseImageCommand : ImageCmdlet
{
    private AuditPrinter? _printer;

    /// <summary>Ids of the rules to evaluate; wildcards. All where none is given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RuleCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Rule { get; set; } = [];

    /// <summary>Ids of rules to leave out; wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RuleCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeRule { get; set; } = [];

    /// <summary>The policy file: severities, rules turned off, suppressions.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Policy { get; set; }

    /// <summary>The platform; every one of the image's where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>The outcomes to write; all where none is given.</summary>
    [Parameter]
    public AuditStatus[] Status { get; set; } = [];

    /// <summary>The least severity to write.</summary>
    [Parameter]
    public Severity MinimumSeverity { get; set; } = Severity.Info;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _printer = new AuditPrinter(this, shorten: Status.Length == 0);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? policy = null;
        if (Policy is not null && !Try(Policy, () => policy = Paths.Existing(Policy)[0]))
        {
            return;
        }

        foreach (string item in Image)
        {
            // A name that cannot be read is a row too: under ErrorActionPreference Stop an error would lose the report.
            string reference = item;
            try
            {
                reference = Paths.Reference(item);
            }
            catch (Errors.BaseImageException)
            {
                WriteVerbose($"'{item}' is passed on as it is, for the audit to report.");
            }

            Queue.Add(item, reference, work => AuditAsync(reference, policy, work));
        }
    }

    private async Task AuditAsync(string reference, string? policy, PipelineWork work)
    {
        AuditRequest request = new()
        {
            Reference = reference,
            PolicyPath = policy,
            Rules = Rule,
            ExcludedRules = ExcludeRule,
            Platform = Platform,
        };
        List<AuditResult> results = [];
        await foreach (AuditResult result in Engine.Auditor.AuditAsync(request, work, work.Stop))
        {
            if ((Status.Length == 0 || Status.Contains(result.Status)) && result.Severity >= MinimumSeverity)
            {
                results.Add(result);
            }
        }

        foreach (object output in _printer!.Arrange(results))
        {
            await work.WriteAsync(output);
        }
    }
}
