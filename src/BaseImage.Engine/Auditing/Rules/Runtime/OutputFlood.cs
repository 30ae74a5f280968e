using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5020: the program does not flood its output.</summary>
internal sealed class OutputFlood : ServiceRule
{
    private const long Most = 8 << 20;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5020",
        Title = "Writes its output with measure",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "What a program writes to its standard output and error is kept by the engine, on the host's disk and without a limit by default: a program that writes without pause fills it. "
            + "What it writes is counted in a run of a few seconds with a bounded load; more than 8 MiB is reported.",
        Remediation = "Write a line for what happened and none for what did not, lower the level of logging, and give the engine's log a limit (max-size).",
        References = ["CIS Docker Benchmark 2.13", "NIST SP 800-190 4.4.4", "Docker documentation, Configure logging drivers"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        double rate = service.OutputBytes / Math.Max(service.OutputTime.TotalSeconds, 0.1) / 1048576;
        return RuleOutcome.Of(
            service.OutputBytes <= Most ? [] : [new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"It wrote {service.OutputBytes / 1048576.0:0} MiB to its output in {service.OutputTime.TotalSeconds:0.0} s ({rate:0.0} MiB a second){Said(service)}"), Key: "flood")],
            string.Create(CultureInfo.InvariantCulture, $"It wrote {service.OutputBytes} bytes to its output."),
            failing => failing[0].Message + ".");
    }
}
