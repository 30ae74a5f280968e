namespace BaseImage.Engine.Auditing;

/// <summary>What rows are about: an image and platform, or a Dockerfile. Policies, suppressions and fingerprints go by it.</summary>
internal interface IAuditSubject
{
    /// <summary>What a row calls it: the image pinned by digest, or the Dockerfile's path.</summary>
    string Image { get; }

    /// <summary>What fingerprints and suppressions go by: the image's name without tag and digest, or the Dockerfile's path from where the audit ran.</summary>
    string Name { get; }

    /// <summary>The platform; null where none applies.</summary>
    Platform? Platform { get; }

    /// <summary>The manifest's digest; empty where none applies.</summary>
    Digest Digest { get; }
}
