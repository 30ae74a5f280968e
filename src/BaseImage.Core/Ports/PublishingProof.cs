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

    /// <summary>The timestamp authority (RFC 3161) that vouches for when signatures of Notation's and CMS's forms were made; null for none.</summary>
    public Uri? TimestampUrl { get; init; }

    /// <summary>The full paths of files with certificates of timestamp authorities that are trusted; needed with <see cref="TimestampUrl"/>.</summary>
    public IReadOnlyList<string> TimestampCertificatePaths { get; init; } = [];
}
