using BaseImage.Engine.Auditing.Policies;

using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing;

/// <summary>Everything that rules judge an image and platform by; gathered once, never changed.</summary>
internal sealed record ImageFacts : IAuditSubject
{
    /// <summary>The image, pinned by digest, in skopeo's notation.</summary>
    public required string Image { get; init; }

    /// <summary>The image's name without tag and digest: what fingerprints and suppressions go by.</summary>
    public required string Name { get; init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    Platform? IAuditSubject.Platform => Platform;

    /// <summary>The manifest's digest, or the ImageId where an engine knows no digest.</summary>
    public Digest Digest { get; init; }

    /// <summary>When the image says it was made; null where it does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The tags that it was asked for by or is known by; empty where there are none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How a container of it starts.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>Its history, oldest first.</summary>
    public IReadOnlyList<ImageHistory> History { get; init; } = [];

    /// <summary>Its manifest, as far as the place where it lives has one; null where nothing is known of it.</summary>
    public ManifestFacts? Manifest { get; init; }

    /// <summary>When it is audited: what expires is judged by this.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>What the policy allows of it.</summary>
    public PolicyLimits Limits { get; init; } = PolicyLimits.None;

    /// <summary>Its files; null for an image whose layers are not read (Windows).</summary>
    public FileFacts? Files { get; init; }

    /// <summary>What tests of files need; null where there are none.</summary>
    public Structure.StructureFacts? Structure { get; init; }

    /// <summary>What was seen when it ran; null where it was not to run.</summary>
    public RuntimeFacts? Runtime { get; init; }
}
