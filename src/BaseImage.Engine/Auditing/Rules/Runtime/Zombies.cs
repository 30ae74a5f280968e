using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5017: the program waits for its ended children.</summary>
internal sealed class Zombies : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5017",
        Title = "Leaves no zombies",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "A child that ended stays in the process table until its parent waits for it. The container's first process is the parent of every orphan too, and a program that does not know that collects them until the process limit is met. "
            + "The process table is read from the kernel again and again; a process that is a zombie in two looks is reported.",
        Remediation = "Wait for children (SIGCHLD), or start the program below a small init that does (docker run --init).",
        References = ["CIS Docker Benchmark 5.28", "wait(2), NOTES", "pid_namespaces(7)"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (service.Samples.Count < 2)
        {
            return NotToTheEnd(service) ?? throw new RunNotObservedException("Too few looks at its processes succeeded.");
        }

        // What a health check left behind has its parent outside.
        Dictionary<long, int> looks = [];
        foreach (ProcessStatus zombie in service.Samples.SelectMany(sample => sample.Processes.Where(process => process is { State: 'Z', Parent: > 0 })))
        {
            looks[zombie.Pid] = looks.GetValueOrDefault(zombie.Pid) + 1;
        }

        ProcessStatus[] zombies = [.. service.Samples.SelectMany(sample => sample.Processes).Where(process => looks.GetValueOrDefault(process.Pid) > 1).DistinctBy(process => process.Pid)];
        string Parent(ProcessStatus zombie) => service.Samples.SelectMany(sample => sample.Processes).FirstOrDefault(process => process.Pid == zombie.Parent)?.Describe() ?? "its parent";
        return RuleOutcome.Of(
            [.. zombies.GroupBy(zombie => zombie.Parent).Select(group => new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"{Parent(group.First())} does not wait for {group.Count()} ended {(group.Count() == 1 ? "child" : "children")}: {string.Join(", ", group.Take(3).Select(zombie => zombie.Describe()))}"), Key: "zombies"))],
            "No ended process waits for its parent.",
            failing => failing[0].Message + ".");
    }
}
