namespace BaseImage.Ports;

/// <summary>What is to be put beside an image when it is published, before a tag leads to it.</summary>
public sealed record PublishingProof
{
    /// <summary>The key that all of it is signed with.</summary>
    public required SigningKeySource Key { get; init; }

    /// <summary>The forms of signature.</summary>
    public IReadOnlyList<SignatureFormat> Formats { get; init; } = [SignatureFormat.Notation];

    /// <summary>The formats of bills of materials to state; empty for none.</summary>
    public IReadOnlyList<SbomFormat> Sboms { get; init; } = [];

    /// <summary>How the image was built; null for no such statement.</summary>
    public ProvenanceRequest? Provenance { get; init; }
}
