using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5018: the program does not grow up to its limit.</summary>
internal sealed class MemoryGrowth : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5018",
        Title = "Does not grow up to its memory limit",
        Severity = Severity.High,
        Category = "Run time",
        Rationale = "A program that leaks memory works in every short test and is ended by the kernel in production, again and again. The memory that no file gives back (RssAnon and RssShmem of all processes) is read while the program has nothing to do; "
            + "one that grows from each look to the next is watched further (20 seconds at most unless another time is given), until it stops growing or the kernel ends it at the limit. What grows up to the limit, or still grows at the end of that time, is reported.",
        Remediation = "Find what is kept (a heap profile, a cache without a bound), and bound it.",
        References = ["CIS Docker Benchmark 5.10", "NIST SP 800-190 4.4.3", "proc_pid_status(5), RssAnon"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        ServiceSample[] idle = [.. service.Samples.Where(sample => sample.When is SampleMoment.Idle)];
        List<RuleFinding> findings = [];
        if (service.EndState is { WasOutOfMemory: true } || runtime.MemoryToTheEnd is { OutOfMemory: > 0 })
        {
            findings.Add(new RuleFinding(Path(runtime), $"It grows up to its limit of {Bytes(service.Profile.Memory)}, where the kernel ends it ({Mebibytes(service.Samples.Select(sample => sample.Memory).DefaultIfEmpty(0).Max())} were seen): {Ended(service)}", Key: "limit"));
        }
        else if (runtime.MemoryToTheEnd is not null)
        {
            throw new RunNotObservedException($"Something outside of its container ended it by SIGKILL, and neither the engine nor a second run says that it was for want of memory: {Ended(service)}.");
        }
        else if (service.EndedEarly.Length > 0)
        {
            return NotToTheEnd(service)!;
        }
        else if (idle.Length < 2)
        {
            throw new RunNotObservedException("Too few looks at its memory succeeded.");
        }
        else if (service.StillGrows && Grows(idle))
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"With nothing to do it grows from {Mebibytes(idle[0].Memory)} to {Mebibytes(idle[^1].Memory)} in {idle.Length} looks and does not stop"), Severity.Medium, "grows"));
        }

        return RuleOutcome.Of(findings, idle.Length == 0 ? "" : $"With nothing to do it keeps to {Mebibytes(idle[^1].Memory)}.", failing => failing[0].Message + ".");
    }

    private static bool Grows(IReadOnlyList<ServiceSample> samples) => samples.Count > 1 && Enumerable.Range(1, samples.Count - 1).All(i => samples[i].Memory > samples[i - 1].Memory);

    private static string Mebibytes(long bytes)
    {
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");
    }
}
