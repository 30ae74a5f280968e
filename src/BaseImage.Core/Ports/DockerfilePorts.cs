namespace BaseImage.Ports;

/// <summary>Audits Dockerfiles.</summary>
public interface IAuditDockerfile
{
    /// <summary>
    /// One result a rule. A Dockerfile that cannot be read, or that a builder would refuse, has a row of status Error, never an
    /// exception, so that a pipeline that ends in a report writes it.
    /// </summary>
    IAsyncEnumerable<AuditResult> AuditAsync(DockerfileAuditRequest request, CancellationToken cancellationToken);
}

/// <summary>Which Dockerfile to audit, and by which rules.</summary>
public sealed record DockerfileAuditRequest
{
    /// <summary>What rows call it: its full path, or a name for a text that lies nowhere.</summary>
    public required string Path { get; init; }

    /// <summary>Its path from where the audit runs, with '/', which fingerprints and suppressions go by.</summary>
    public required string Name { get; init; }

    /// <summary>The text itself; null to read the file.</summary>
    public string? Content { get; init; }

    /// <summary>The policy file, as a full path; null for none.</summary>
    public string? PolicyPath { get; init; }

    /// <summary>Rule ids or wildcards to evaluate; empty for all.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Rule ids or wildcards to leave out.</summary>
    public IReadOnlyList<string> ExcludedRules { get; init; } = [];
}
