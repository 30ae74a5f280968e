namespace BaseImage;

/// <summary>What became of a name in a Dockerfile that means something from elsewhere.</summary>
public enum DockerfileChangeKind
{
    /// <summary>It is pinned now.</summary>
    Pinned,

    /// <summary>It was pinned, and means something newer now.</summary>
    Updated,

    /// <summary>It could not be pinned; the reason says why.</summary>
    Skipped,
}

/// <summary>An image or a download that a Dockerfile names, and what was written for it.</summary>
public sealed record DockerfileChange
{
    /// <summary>What became of it.</summary>
    public required DockerfileChangeKind Kind { get; init; }

    /// <summary>The Dockerfile, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The line that the name stood in before, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The instruction: FROM, ARG (a FROM's default), COPY, RUN or ADD.</summary>
    public required string Instruction { get; init; }

    /// <summary>The readable name: an image with its tag, or an address without what gives access to it.</summary>
    public required string Name { get; init; }

    /// <summary>What it was pinned to before; empty for nothing.</summary>
    public Digest OldDigest { get; init; }

    /// <summary>What it is pinned to: the digest of an image's manifest or index, or of a download's bytes; empty where it was skipped.</summary>
    public Digest NewDigest { get; init; }

    /// <summary>Why it was skipped, or what to know of it; empty for nothing.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Where the file with the change lies, as a full path.</summary>
    public string Destination { get; init; } = "";

    /// <summary>True where the change was written, false with -WhatIf and where it was skipped.</summary>
    public bool Applied { get; init; }
}
