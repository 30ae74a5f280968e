using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5014: the program stands a bounded load.</summary>
internal sealed class UnderLoad : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5014",
        Title = "Stands a bounded load",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "A service that answers once and breaks at the hundredth request passes every test by hand. The probe, inside the container's network namespace, asks the first declared port that listens: HTTP GET where it answers so, "
            + "else connections alone; eight at a time, at most 100 requests or 3 seconds unless others are given. The program has to run on, and to answer all but one in a hundred. "
            + "Answers of HTTP status 5xx are Low: without a network a service may lack what it asks. The row has requests a second and the slowest answer, for comparison on one machine.",
        Remediation = "Look at the last lines; bound queues and pools, and handle connections that end early. Name the path that shows life with -LoadPath.",
        References = ["NIST SP 800-190 4.1.2"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (service.EndedEarly == "under the load")
        {
            return RuleOutcome.Of([new RuleFinding(Path(runtime), $"Under load {Ended(service)}", Key: "ended")], "", failing => failing[0].Message + ".");
        }

        if (service.Load is not { } load || load["begun"] == 0)
        {
            return NotToTheEnd(service) ?? RuleOutcome.Skip("No declared TCP port listens, so there is nothing to load, or no load was wanted.");
        }

        List<RuleFinding> findings = [];
        string what = load.IsHttp ? "requests" : "connections";
        if (load.Unanswered * 100 > load["begun"])
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"{load.Unanswered} of {load["begun"]} {what} to port {load.Port} were not answered ({load["refused"]} refused, {load["cut"]} cut, {load["late"]} late)"), Key: "unanswered"));
        }

        if (load["failed"] > 0)
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"{load["failed"]} of {load["answered"]} answers from port {load.Port} have an HTTP status of 5xx"), Severity.Low, "failed"));
        }

        return RuleOutcome.Of(findings,
            string.Create(CultureInfo.InvariantCulture, $"Port {load.Port} answers {load["answered"]} of {load["begun"]} {what}, {load.Rate:0} a second, the slowest in {load["slowest"]} ms, and the program runs on."),
            failing => failing[0].Message + ".");
    }
}
