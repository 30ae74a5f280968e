namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>A build stage: FROM and what follows.</summary>
internal sealed class DockerfileStage
{
    /// <summary>Its number, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Its FROM.</summary>
    public required DockerfileInstruction From { get; init; }

    /// <summary>What stands behind FROM; null where nothing does.</summary>
    public DockerfileWord? Base { get; init; }

    /// <summary>What stands behind AS; null where nothing does.</summary>
    public DockerfileWord? Alias { get; init; }

    /// <summary>Its name in small letters; null where it has none.</summary>
    public string? Name => Alias?.Text.ToLowerInvariant();

    /// <summary>The earlier stage that it starts from; null where it starts from an image.</summary>
    public DockerfileStage? Parent { get; init; }

    /// <summary>Its instructions, FROM not among them.</summary>
    public required IReadOnlyList<DockerfileInstruction> Instructions { get; init; }

    /// <summary>It, the stage that it starts from, and so on.</summary>
    public IEnumerable<DockerfileStage> Chain
    {
        get
        {
            for (DockerfileStage? stage = this; stage is not null; stage = stage.Parent)
            {
                yield return stage;
            }
        }
    }
}
