using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Export-BaseImageReport: audit results as reports.</summary>
[Cmdlet(VerbsData.Export, "BaseImageReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo), typeof(AuditResult))]
public sealed class ExportBaseImageReportCommand : AsyncCmdlet
{
    private readonly List<AuditResult> _results = [];

    /// <summary>Files to write; several at once. The ending says the format: <c>.sarif</c>, <c>.xml</c> (JUnit), <c>.html</c>, <c>.md</c>, <c>.csv</c>, <c>.json</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The audit's results.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public AuditResult[] InputObject { get; set; } = [];

    /// <summary>Passes the results on, after the files are written, instead of the files.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _results.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Run(Path, async work =>
        {
            string[] files = [.. Path.Select(Paths.Full)];
            if (!await work.ShouldProcessAsync(string.Join(", ", files), $"Write a report of {_results.Count} results"))
            {
                return;
            }

            await Engine.Reports.ExportAsync(_results, files, work.Stop);
            foreach (string file in PassThru ? [] : files)
            {
                await work.WriteAsync(new FileInfo(file));
            }
        });

        if (PassThru)
        {
            new AuditPrinter(this).WriteAll(_results);
        }
    }
}
