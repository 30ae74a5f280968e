using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Add-BaseImageSuppression: accepts findings for a time, in a policy file.</summary>
[Cmdlet(VerbsCommon.Add, "BaseImageSuppression", SupportsShouldProcess = true, DefaultParameterSetName = "Days")]
[OutputType(typeof(FileInfo))]
public sealed class AddBaseImageSuppressionCommand : AsyncCmdlet
{
    private readonly List<AuditFinding> _findings = [];

    /// <summary>
    /// Audit results or their findings. Of a result that failed every finding that is not accepted yet is meant; of one that
    /// is suppressed, all, so that they are accepted for longer; of others none.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public object[] InputObject { get; set; } = [];

    /// <summary>The policy file, .psd1 or .json; made where it is missing.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string Policy { get; set; } = "";

    /// <summary>Why the findings are acceptable.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"\S")]
    public string Reason { get; set; } = "";

    /// <summary>Who answers for it: a person or a team.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"\S")]
    public string Owner { get; set; } = "";

    /// <summary>How many days from today, in UTC.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Days")]
    [ValidateRange(0, 3650)]
    public int Days { get; set; }

    /// <summary>The last day on which it holds, to its end in UTC, as 2026-12-31.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Until")]
    public DateTime Until { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (object item in InputObject)
        {
            switch (item is PSObject wrapped ? wrapped.BaseObject : item)
            {
                case AuditFinding finding:
                    _findings.Add(finding);
                    break;
                case AuditResult { Status: AuditStatus.Fail } result:
                    _findings.AddRange(result.Findings.Where(finding => finding.Accepted.Length == 0 && (finding.Severity > Severity.Info || result.Severity == Severity.Info)));
                    break;
                case AuditResult { Status: AuditStatus.Suppressed } result:
                    _findings.AddRange(result.Findings.Where(finding => finding.Accepted.Length > 0));
                    break;
                case AuditResult:
                    break;
                case { } other:
                    WriteFailure(new ArgumentException($"A {other.GetType().Name} is no audit result and no finding."), other);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_findings.Count == 0)
        {
            WriteWarning("There was nothing to suppress: no finding came down the pipeline.");
            return;
        }

        DateOnly until = ParameterSetName == "Days" ? DateOnly.FromDateTime(DateTime.UtcNow).AddDays(Days) : DateOnly.FromDateTime(Until);
        Run(Policy, async work =>
        {
            string path = Paths.Full(Policy);
            if (!await work.ShouldProcessAsync(path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Suppress {_findings.Count} findings until {until:yyyy-MM-dd}")))
            {
                return;
            }

            if (!await Engine.PolicyEditor.SuppressAsync(new SuppressionRequest(path, _findings, Reason, Owner, until), work.Stop))
            {
                work.Verbose($"{path} accepts all of them already.");
            }

            await work.WriteAsync(new FileInfo(path));
        });
    }
}
