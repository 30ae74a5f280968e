using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImageDockerfile: audits Dockerfiles by the rules BI6*.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImageDockerfile", DefaultParameterSetName = "Path")]
[OutputType(typeof(AuditResult))]
public sealed class TestBaseImageDockerfileCommand : AsyncCmdlet
{
    private const string NoFile = "(content)";
    private readonly List<string> _content = [];
    private AuditPrinter? _printer;

    /// <summary>Dockerfiles, or folders of them; wildcards. The Dockerfile here where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Alias("FullName", "PSPath")]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["."];

    /// <summary>Looks in sub-folders too.</summary>
    [Parameter(ParameterSetName = "Path")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>The text itself, in one piece or in lines.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Content")]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Content { get; set; } = [];

    /// <summary>Ids of the rules to evaluate; wildcards. All where none is given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DockerfileRuleCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Rule { get; set; } = [];

    /// <summary>Ids of rules to leave out; wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DockerfileRuleCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeRule { get; set; } = [];

    /// <summary>The policy file: severities, limits, rules turned off, suppressions.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Policy { get; set; }

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

        if (ParameterSetName == "Content")
        {
            _content.AddRange(Content);
            Audit(new DockerfileAuditRequest { Path = NoFile, Name = NoFile, Content = string.Join('\n', _content) }, policy);
            return;
        }

        foreach (string item in Path)
        {
            foreach (string file in Files(item))
            {
                Audit(new DockerfileAuditRequest { Path = file, Name = DockerfileFiles.Name(file, SessionState.Path.CurrentFileSystemLocation.ProviderPath) }, policy);
            }
        }
    }

    // A path that leads nowhere is a row too: under ErrorActionPreference Stop an error would lose the report.
    private IReadOnlyList<string> Files(string item)
    {
        try
        {
            return [.. Paths.Existing(item).SelectMany(path => DockerfileFiles.Find(path, Recurse)).Distinct(StringComparer.Ordinal)];
        }
        catch (BaseImageException)
        {
            WriteVerbose($"'{item}' is passed on as it is, for the audit to report.");
            string full = item;
            return Try(item, () => full = Paths.Full(item)) ? [full] : [];
        }
    }

    private void Audit(DockerfileAuditRequest request, string? policy) => Run(request.Path, async work =>
    {
        List<AuditResult> results = [];
        await foreach (AuditResult result in Engine.DockerfileAuditor.AuditAsync(request with { PolicyPath = policy, Rules = Rule, ExcludedRules = ExcludeRule }, work.Stop))
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
    });
}
