using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6118: mounted secrets are not kept.</summary>
internal sealed class SecretsStayMounted : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6118",
        Title = "Mounted secrets are not kept",
        Severity = Severity.High,
        Category = "Secrets",
        Rationale = "A secret that is mounted is gone when its RUN ends, unless the RUN writes it somewhere: copied to a file, or into a configuration, it is in "
            + "the layer.",
        Remediation = "Let the program read the secret where it is mounted, by env= or target=.",
        References = ["Dockerfile reference, RUN --mount=type=secret", "CIS Docker Benchmark 4.10"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        string[] targets = [.. run.Mounts.Where(mount => mount.Type == "secret").Select(mount => mount.Target.Length > 0 ? mount.Target : $"/run/secrets/{mount.Fields.GetValueOrDefault("id")}")];
        foreach (ShellCommand command in run.Script.Commands.Where(_ => targets.Length > 0))
        {
            bool reads = command.Arguments.Any(argument => targets.Any(target => argument == target));
            bool writes = command.Name is "cp" or "mv" or "install" || (command.Name is "cat" or "base64" or "echo" && command.Redirections.Any(redirection => redirection.Operator[0] == '>' && !redirection.Target.StartsWith("/dev/", StringComparison.Ordinal) && !redirection.Target.StartsWith("/tmp/", StringComparison.Ordinal)));
            string kept = command.Redirections.LastOrDefault(redirection => redirection.Operator[0] == '>')?.Target ?? (command.Operands is [.., { } last] ? last.Text : "");
            if (reads && writes && !run.Script.Commands.Any(other => other.Name is "rm" or "shred" && other.Has(kept)))
            {
                yield return At(command, $"{command.Name} keeps the secret in {kept}.");
            }
        }
    }
}
