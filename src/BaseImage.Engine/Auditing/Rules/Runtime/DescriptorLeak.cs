using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5019: the program gives file descriptors back.</summary>
internal sealed class DescriptorLeak : ServiceRule
{
    private const int MinimumRequests = 16;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5019",
        Title = "Gives file descriptors back",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "A descriptor that is opened for a request and never closed is one fewer of a few thousand; then nothing can be opened any more. Open descriptors of all processes (/proc/PID/fd) are counted before and after the load, "
            + "and until the end of the watch. Where the program still has one more for every second request, in every look after the load, it is reported; and where it opens more from look to look with nothing to do.",
        Remediation = "Close what a request opened, on every path.",
        References = ["proc_pid_fd(5)", "getrlimit(2), RLIMIT_NOFILE"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotToTheEnd(service) is { } not)
        {
            return not;
        }

        long[] before = [.. service.Samples.Where(sample => sample.When is SampleMoment.Ready).Select(sample => sample.Descriptors).OfType<long>()];
        long[] after = [.. service.Samples.Where(sample => sample.When is not SampleMoment.Ready).Select(sample => sample.Descriptors).OfType<long>()];
        if (before.Length == 0 || after.Length < 2)
        {
            return RuleOutcome.Skip("The kernel does not let a process of the same user count this program's descriptors.");
        }

        long kept = after.Min() - before[^1], answered = service.Load?["answered"] ?? 0;
        List<RuleFinding> findings = [];
        if (answered >= MinimumRequests && kept * 2 >= answered)
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"After {answered} requests it has {kept} more open descriptors than before"), Key: "load"));
        }
        else if (Enumerable.Range(1, after.Length - 1).All(i => after[i] > after[i - 1]) && after[^1] - after[0] >= MinimumRequests)
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"With nothing to do its open descriptors grow from {after[0]} to {after[^1]}"), Key: "idle"));
        }

        return RuleOutcome.Of(findings, string.Create(CultureInfo.InvariantCulture, $"It has {after[^1]} open descriptors, {before[0]} at its start."), failing => failing[0].Message + ".");
    }
}
