namespace BaseImage.Ports;

/// <summary>Audits images.</summary>
public interface IAuditImage
{
    /// <summary>
    /// One result a rule and platform. An image that cannot be read is a row of status Error, never an exception,
    /// so that a pipeline that ends in a report writes it.
    /// </summary>
    IAsyncEnumerable<AuditResult> AuditAsync(AuditRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What to audit, and by which rules.</summary>
public sealed record AuditRequest
{
    /// <summary>The image, in skopeo's notation, paths already full.</summary>
    public required string Reference { get; init; }

    /// <summary>The policy file, as a full path; null for none.</summary>
    public string? PolicyPath { get; init; }

    /// <summary>Rule ids or wildcards to evaluate; empty for all.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Rule ids or wildcards to leave out.</summary>
    public IReadOnlyList<string> ExcludedRules { get; init; } = [];

    /// <summary>The platform; null for each.</summary>
    public Platform? Platform { get; init; }
}

/// <summary>The rule catalogue.</summary>
public interface IListRules
{
    /// <summary>Every rule, in order of ids.</summary>
    IReadOnlyList<AuditRule> Rules { get; }
}

/// <summary>Writes reports.</summary>
public interface IExportReport
{
    /// <summary>Writes one report a path, whose ending says the format (<c>.csv</c>, <c>.json</c>), each all or nothing.</summary>
    Task ExportAsync(IReadOnlyList<AuditResult> results, IReadOnlyList<string> paths, CancellationToken cancellationToken);
}
