using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6026: FROM names an allowed image.</summary>
internal sealed class AllowedBases : DockerfileRule
{
    /// <inheritdoc/>
    protected override string? Inapplicable(DockerfileFacts facts) => facts.AllowedBases is null ? "The policy names no allowed bases: write Limits = @{ AllowedBases = 'docker.io/library/debian' }." : null;

    // A name is tried as it is written, without its tag, and in full.
    private static bool Allows(DockerfileFacts facts, string name)
    {
        string plain = ImageNames.Plain(name);
        string full = ImageNames.Registry(name) == "docker.io" && !plain.StartsWith("docker.io/", StringComparison.Ordinal) ? "docker.io/" + (plain.Contains('/', StringComparison.Ordinal) ? plain : "library/" + plain) : plain;
        return facts.AllowedBases!.Any(allowed => Wildcard.IsMatch(allowed, name) || Wildcard.IsMatch(allowed, plain) || Wildcard.IsMatch(allowed, full));
    }

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6026",
        Title = "FROM names an allowed image",
        Severity = Severity.High,
        Category = "Trust",
        Rationale = "Whoever chooses the base chooses most of the image. A policy can say which bases are trusted (Limits.AllowedBases, wildcards over names); "
            + "what is not on the list was looked at by nobody. COPY --from and mounts of images count too.",
        Remediation = "Use a base of the list, or have this one looked at and put onto it.",
        References = ["CIS Docker Benchmark 4.2", "NIST SP 800-190 4.1.5"],
        Equivalent = ["hadolint:DL3026", "cis-docker:4.2"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            if (ImageNames.Of(facts, stage) is { } name && !Allows(facts, name))
            {
                yield return At(stage.From, $"{name} is not among the allowed bases.");
            }

            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                IEnumerable<string?> sources = instruction.Name == "COPY" ? [instruction.Flag("from")]
                    : instruction.Flags.Where(flag => flag is { Name: "mount", Value: not null }).Select(flag => RunMount.Parse(flag.Value!).From);
                foreach (string source in sources.OfType<string>().Where(source => StageBuilder.Find(facts.Stages, stage.Index, source) is null && source != "scratch" && !Allows(facts, source)))
                {
                    yield return At(instruction, $"{source} is not among the allowed bases.");
                }
            }
        }
    }
}
