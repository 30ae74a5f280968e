namespace BaseImage.Ports;

/// <summary>Makes attestations.</summary>
public interface IAttestImage
{
    /// <summary>Makes statements about an image, signs them and keeps them beside it: one, or one a platform for bills of materials.</summary>
    /// <exception cref="Errors.BaseImageException">The image was not built from what is named, the key cannot sign, or the place cannot be written.</exception>
    Task<IReadOnlyList<ImageAttestation>> AttestAsync(AttestationRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>Lists attestations.</summary>
public interface IReadAttestations
{
    /// <summary>What lies beside an image and its platforms' manifests, unverified.</summary>
    IAsyncEnumerable<ImageAttestation> ReadAsync(string image, CancellationToken cancellationToken);
}

/// <summary>Verifies attestations.</summary>
public interface ITestAttestation
{
    /// <summary>Verifies an image's attestations of a kind.</summary>
    /// <returns>A result, also where there is none.</returns>
    /// <exception cref="Errors.BaseImageException">The image, the trust policy, a key or a revocation list cannot be read.</exception>
    Task<AttestationResult> TestAsync(string image, AttestationPolicy policy, CancellationToken cancellationToken);
}

/// <summary>What to state about an image, and with what key. Exactly one of provenance, bills of materials and predicate is stated.</summary>
public sealed record AttestationRequest
{
    /// <summary>The image, in skopeo's notation.</summary>
    public required string Image { get; init; }

    /// <summary>The key.</summary>
    public required SigningKeySource Key { get; init; }

    /// <summary>How the image was built; null for no such statement.</summary>
    public ProvenanceRequest? Provenance { get; init; }

    /// <summary>The formats of bills of materials to make and state; empty for none.</summary>
    public IReadOnlyList<SbomFormat> Sboms { get; init; } = [];

    /// <summary>True for bills of materials without files.</summary>
    public bool PackagesOnly { get; init; }

    /// <summary>The full path of a predicate of another kind, JSON; null for none.</summary>
    public string? PredicatePath { get; init; }

    /// <summary>That predicate's kind, a URI.</summary>
    public string PredicateType { get; init; } = "";
}

/// <summary>How an image was built. Times and ids of a run are only in the statement where they are given, so that the same build states the same.</summary>
public abstract record ProvenanceRequest
{
    /// <summary>Who built it: a URI.</summary>
    public required string BuilderId { get; init; }

    /// <summary>Where what it was built from is kept: a URI of a repository; empty for unsaid.</summary>
    public string Source { get; init; } = "";

    /// <summary>Their revision there, a commit of git; empty for unsaid.</summary>
    public string Revision { get; init; } = "";

    /// <summary>The run's id; empty for unsaid.</summary>
    public string InvocationId { get; init; } = "";

    /// <summary>When the run began; null for unsaid.</summary>
    public DateTimeOffset? StartedOn { get; init; }

    /// <summary>When the run ended; null for unsaid.</summary>
    public DateTimeOffset? FinishedOn { get; init; }
}

/// <summary>An image that was built from a definition and its lock.</summary>
public sealed record DefinitionProvenance : ProvenanceRequest
{
    /// <summary>The definition that it was built from.</summary>
    public required ImageDefinition Definition { get; init; }

    /// <summary>The lock that it was built from.</summary>
    public required ImageLock Lock { get; init; }
}

/// <summary>An image that was built from a Dockerfile.</summary>
public sealed record DockerfileProvenance : ProvenanceRequest
{
    /// <summary>The Dockerfile, its context, settings and target, as they were built. What only a build needs is not looked at.</summary>
    public required DockerfileBuildRequest Build { get; init; }
}

/// <summary>What an attestation has to be and to state.</summary>
public sealed record AttestationPolicy
{
    /// <summary>Whose signatures count: as for signatures of images.</summary>
    public required TrustRequest Trust { get; init; }

    /// <summary>The kind of statement that is asked for, a URI; empty for a provenance.</summary>
    public string PredicateType { get; init; } = "";

    /// <summary>The builders that may have built the image, URIs; empty for any.</summary>
    public IReadOnlyList<string> BuilderIds { get; init; } = [];

    /// <summary>The ways in which it may have been built, URIs; empty for any.</summary>
    public IReadOnlyList<string> BuildTypes { get; init; } = [];

    /// <summary>The sources that it may have been built from, with <c>*</c> for any characters; empty for any.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>True where everything that went into the image has to be pinned by a digest.</summary>
    public bool RequirePinned { get; init; }
}
