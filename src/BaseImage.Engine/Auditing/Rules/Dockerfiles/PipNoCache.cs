using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6040: pip keeps no cache.</summary>
internal sealed class PipNoCache : RunRule
{
    private static readonly HashSet<string> Truthy = new(["1", "true", "on", "yes"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6040",
        Title = "pip keeps no cache",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "pip keeps every wheel that it downloaded or built in its cache, which nobody reads again in an image. PIP_NO_CACHE_DIR, a cache mount or "
            + "the flag keep it out.",
        Remediation = "Write pip install --no-cache-dir, or mount a cache at /root/.cache/pip.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3042"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Caches(".cache/pip") || IsOff(run, facts) ? []
            : run.Script.Commands.Where(command => PackageCommands.IsPipInstall(command) && !command.HasFlag("no-cache-dir") && command.Name is not ("uv" or "pipx") && !command.Assignments.Any(IsOff)).Select(command => At(command, "pip keeps its cache."));

        private static bool IsOff(string assignment) => assignment.StartsWith("PIP_NO_CACHE_DIR=", StringComparison.Ordinal) && Truthy.Contains(assignment["PIP_NO_CACHE_DIR=".Length..].Trim('"', '\''));

        // Set by the script, by ENV above in the stage, or by a stage that this one comes from.
        private static bool IsOff(RunFacts run, DockerfileFacts facts) => run.Script.Commands.Any(command => (command.Name is "export" or "") && command.Arguments.Concat(command.Assignments).Any(IsOff))
            || (run.Stage is { } stage && stage.Chain.Any(one => one.Instructions.TakeWhile(instruction => instruction.Line < run.Instruction.Line).Any(instruction => instruction.Name == "ENV"
                && instruction.Pairs.Select((pair, i) => pair.Name == "PIP_NO_CACHE_DIR" && Truthy.Contains(facts.Values[instruction].Arguments[i] ?? "")).Contains(true))));
}
