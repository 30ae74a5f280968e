namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>A rule on Dockerfiles. A class that implements this in the Engine is in the catalogue, beside the rules on images.</summary>
internal interface IDockerfileRule
{
    /// <summary>What the rule demands and why: the catalogue entry and the documentation.</summary>
    AuditRule Describe { get; }

    /// <summary>Judges one Dockerfile. What it throws becomes a row of status Error; what it quotes is escaped and masked once for all rules.</summary>
    RuleOutcome Evaluate(DockerfileFacts facts, CancellationToken cancellationToken);
}
