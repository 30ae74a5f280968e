using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5001: a container of the image starts.</summary>
internal sealed class Starts : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5001",
        Title = "The image's program starts",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "An image whose program is missing, is made for another processor, lacks a library or crashes at once passes every check of its files and fails in production. "
            + "The program is started as a plain run would start it, without network and with ample limits; the row says how it ended and what it wrote last. "
            + "A program that ends by itself with another code than 0 is reported as Low, since a tool without arguments may do so on purpose.",
        Remediation = "Look at the code and the last lines; check Entrypoint, Cmd, the file's mode and the libraries that it is linked with.",
        References = ["NIST SP 800-190 4.1.2", "OCI Image Specification 1.1, config.md, Entrypoint"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (runtime.Program.Count == 0)
        {
            return RuleOutcome.Skip("The image has no program of its own.");
        }

        RunObservation run = Seen(runtime.AsGiven);
        if (run.IsGood)
        {
            return RuleOutcome.Of([], run.Outcome is RunOutcome.Runs ? "The program starts and runs on." : "The program starts and ends with code 0.", _ => "");
        }

        bool isByItself = run.Outcome is RunOutcome.Ended && run.ExitCode is not (126 or 127) and < 128;
        RuleFinding finding = new(Path(runtime), $"Started as given, {run.Describe()}", isByItself ? Severity.Low : null, "start");
        return RuleOutcome.Of([finding], "", failing => $"Started as given, {run.Describe()}.");
    }
}
