namespace BaseImage.Engine.Images;

/// <summary>An image's config. Source: OCI Image Specification 1.1, config.md, and Docker's image specification 1.2.</summary>
internal sealed record OciConfig
{
    /// <summary>os, architecture and variant.</summary>
    internal required Platform Platform { get; init; }

    /// <summary>When the image says it was made.</summary>
    internal DateTimeOffset? Created { get; init; }

    /// <summary>Who made it.</summary>
    internal string Author { get; init; } = "";

    /// <summary>How a container starts.</summary>
    internal ImageConfig Config { get; init; } = new();

    /// <summary>The digests of the layers' tars, lowest first.</summary>
    internal IReadOnlyList<Digest> DiffIds { get; init; } = [];

    /// <summary>The steps, oldest first.</summary>
    internal IReadOnlyList<ImageHistory> History { get; init; } = [];
}
