using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImage: audits images by the rule catalogue; with -IncludeRuntime it runs them too.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImage", SupportsShouldProcess = true)]
[OutputType(typeof(AuditResult))]
public sealed class TestBaseImageCommand : VerifyingCmdlet
{
    private readonly SuppressionUse _uses = new();
    private readonly AuditScope _scope = new();
    private AuditPrinter? _printer;
    private WorkLanes? _lanes;
    private IAuditJournal? _journal;
    private TrustRequest? _trust;
    private bool _isBroken;

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

    /// <summary>Rules of your own, as New-BaseImageRule makes them.</summary>
    [Parameter]
    [RuleTransformation]
    [ValidateNotNullOrEmpty]
    public AuditRule[] CustomRule { get; set; } = [];

    /// <summary>
    /// The policy file: severities, limits, rules turned off, suppressions, and under what images are run. An image that comes
    /// from Build-BaseImage brings its definition's along.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [PathTransformation]
    [AllowNull]
    [AllowEmptyString]
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

    /// <summary>How many images are audited at once. With -IncludeRuntime it is one: images that run would be in each other's way.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>
    /// A file that takes down what was audited, a line an image and platform. What is in it already, by the same rules and
    /// policy, is not audited again, so that an audit of hundreds that was stopped goes on.
    /// </summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>Files of structure tests (container-structure-test, schema 2.0.0 or 1.0.0, YAML or JSON); one row a test. Command tests need -IncludeRuntime.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] StructureTestPath { get; set; } = [];

    /// <summary>Runs each image in locked-down containers of the engine, without network, for the rules BI5*. Asks -WhatIf and -Confirm.</summary>
    [Parameter]
    public SwitchParameter IncludeRuntime { get; set; }

    /// <summary>Bytes of memory that the image has to work within, as 256MB; 512 MiB where neither this nor the policy's Runtime says.</summary>
    [Parameter]
    [ValidateRange(RuntimeSettings.LeastMemory, RuntimeSettings.MostMemory)]
    public long? MemoryLimit { get; set; }

    /// <summary>Processes and threads that the image has to work within; 256 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(RuntimeSettings.LeastProcesses, RuntimeSettings.MostProcesses)]
    public int? ProcessLimit { get; set; }

    /// <summary>Processors that each of its containers gets; 1 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(RuntimeSettings.LeastProcessors, RuntimeSettings.MostProcessors)]
    public double? ProcessorLimit { get; set; }

    /// <summary>user[:group] of the locked-down runs, in numbers; the image's own where neither this nor the policy says.</summary>
    [Parameter]
    [ValidatePattern(RuntimeSettings.RunAsPattern)]
    public string? RunAs { get; set; }

    /// <summary>Seconds that a program is watched, after which one that still runs is taken to run on; 3 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostRunSeconds)]
    public int? RunSeconds { get; set; }

    /// <summary>Seconds that the engine may take for each run beside that; 60 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(RuntimeSettings.LeastTimeoutSeconds, RuntimeSettings.MostSeconds)]
    public int? TimeoutSeconds { get; set; }

    /// <summary>Seconds that a program may take to be ready (healthy, or its ports listen); 15 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostSeconds)]
    public int? ReadySeconds { get; set; }

    /// <summary>Seconds that a program may take to end after its stop signal; 10 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostSeconds)]
    public int? GraceSeconds { get; set; }

    /// <summary>Ports that the program is to listen on beside those that its configuration exposes, as 8080 or 53/udp; where some are given, all of them are waited for.</summary>
    [Parameter]
    [ValidatePattern("^[0-9]{1,5}(/(tcp|udp|sctp))?$")]
    public string[]? Port { get; set; }

    /// <summary>The path that the load asks for by HTTP; / where neither this nor the policy says.</summary>
    [Parameter]
    [ValidatePattern(RuntimeSettings.LoadPathPattern)]
    public string? LoadPath { get; set; }

    /// <summary>Requests of the load at most, 0 for no load; 100 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(0, RuntimeSettings.MostRequests)]
    public int? LoadRequests { get; set; }

    /// <summary>Seconds that the load lasts at most; 3 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostRunSeconds)]
    public int? LoadSeconds { get; set; }

    /// <summary>Seconds that a program that keeps growing is watched; 20 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostSeconds)]
    public int? LeakSeconds { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _lanes = new WorkLanes(ThrottleLimit);
        _printer = new AuditPrinter(this, shorten: Status.Length == 0);
        ScriptCheck.Demand(this, CustomRule);

        // An image of the pipeline may have none; somebody who names one means one.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Policy)) && string.IsNullOrEmpty(Policy))
        {
            Errors.PathNotFoundException nothing = new("", "Name a policy file, or leave -Policy out.");
            ThrowTerminatingError(ErrorMap.ToRecord(nothing, Policy));
        }

        if (JournalPath is { } path)
        {
            string full = "";
            _isBroken = !Try(path, () => full = Paths.Full(path));
            if (!_isBroken)
            {
                Run(path, async work => _journal = await Engine.Auditor.OpenJournalAsync(full, work.Stop));
                _isBroken = _journal is null;
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Finish();
        foreach (string unused in _uses.Unused)
        {
            WriteVerbose($"The suppression at {unused} matched nothing in this run.");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _journal?.Dispose();
        }
    }

    private protected override bool Work(object? target, Func<PipelineWork, Task> body)
        => IncludeRuntime ? Run(target, body) : Start(target, _lanes!, body);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? policy = null;
        if (_isBroken)
        {
            return;
        }

        if (!string.IsNullOrEmpty(Policy) && !Try(Policy, () => policy = Paths.Existing(Policy)[0]))
        {
            return;
        }

        List<string> tests = [];
        foreach (string path in StructureTestPath)
        {
            if (!Try(path, () => tests.AddRange(Paths.Existing(path))))
            {
                return;
            }
        }

        if (!Try(TrustPolicyPath, () => _trust = TrustLocation.Of(Paths, TrustPolicyPath, TrustStorePath)))
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

            Queue.Add(Engine, item, reference, (engine, work) => AuditAsync(engine, reference, policy, tests, work));
        }
    }

    private async Task AuditAsync(IBaseImageEngine engine, string reference, string? policy, IReadOnlyList<string> tests, PipelineWork work)
    {
        AuditRequest request = new()
        {
            Reference = reference,
            PolicyPath = policy,
            StructureTestPaths = tests,
            Rules = Rule,
            ExcludedRules = ExcludeRule,
            CustomRules = [.. CustomRule.Select(rule => ScriptCheck.On(rule, work))],
            Uses = _uses,
            Trust = _trust,
            Scope = _scope,
            Platform = Platform,
            Journal = _journal,
            Runtime = IncludeRuntime ? new RuntimeRequest { ConfirmAsync = work.ShouldProcessAsync } : null,
            RuntimeSettings = Settings(),
        };
        List<AuditResult> results = [];
        await foreach (AuditResult result in engine.Auditor.AuditAsync(request, work, work.Stop))
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

    private RuntimeSettings Settings() => new()
    {
        MemoryLimit = MemoryLimit,
        ProcessLimit = ProcessLimit,
        ProcessorLimit = ProcessorLimit,
        RunAs = RunAs,
        RunSeconds = RunSeconds,
        TimeoutSeconds = TimeoutSeconds,
        ReadySeconds = ReadySeconds,
        GraceSeconds = GraceSeconds,
        Port = Port,
        LoadPath = LoadPath,
        LoadRequests = LoadRequests,
        LoadSeconds = LoadSeconds,
        LeakSeconds = LeakSeconds,
    };
}
