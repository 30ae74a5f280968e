namespace BaseImage.Ports;

/// <summary>Audits images.</summary>
public interface IAuditImage
{
    /// <summary>
    /// One result a rule and platform. An image that cannot be read is a row of status Error, never an exception,
    /// so that a pipeline that ends in a report writes it.
    /// </summary>
    IAsyncEnumerable<AuditResult> AuditAsync(AuditRequest request, IReporter reporter, CancellationToken cancellationToken);

    /// <summary>Opens a journal, making it where there is none. One process at a time has it.</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IAuditJournal> OpenJournalAsync(string path, CancellationToken cancellationToken);
}

/// <summary>What was audited already: an image whose rows it has is not audited again. Serves any number of audits at once.</summary>
public interface IAuditJournal : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }
}

/// <summary>
/// An audit of several requests. As long as it lives, what was made of layers for one image serves the others that have
/// the same layers.
/// </summary>
public sealed class AuditScope;

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

    /// <summary>Rules of the caller's own, evaluated after the catalogue's.</summary>
    public IReadOnlyList<CustomRule> CustomRules { get; init; } = [];

    /// <summary>Files of structure tests, as full paths; one row a test.</summary>
    public IReadOnlyList<string> StructureTestPaths { get; init; } = [];

    /// <summary>Where it is taken down which suppressions matched something; null for nowhere.</summary>
    public SuppressionUse? Uses { get; init; }

    /// <summary>The audit that the request is a part of; null for one of its own.</summary>
    public AuditScope? Scope { get; init; }

    /// <summary>The platform; null for each.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Where rows are taken down and found again; null for nowhere.</summary>
    public IAuditJournal? Journal { get; init; }

    /// <summary>How to run the image for the run-time rules, where neither <see cref="RuntimeSettings"/> nor the policy says; null for not at all.</summary>
    public RuntimeRequest? Runtime { get; init; }

    /// <summary>What signatures are judged by; null for Notation's own trust policy where there is one.</summary>
    public TrustRequest? Trust { get; init; }

    /// <summary>How the caller wants it to be run, whatever the policy says.</summary>
    public RuntimeSettings RuntimeSettings { get; init; } = new();
}

/// <summary>A rule of the caller's own.</summary>
/// <param name="Rule">What it demands and why.</param>
/// <param name="EvaluateAsync">Judges one image and platform; what it throws makes the row's status Error.</param>
public sealed record CustomRule(AuditRule Rule, Func<AuditedImage, CancellationToken, Task<IReadOnlyList<CustomFinding>>> EvaluateAsync);

/// <summary>Measures what an attacker finds in images.</summary>
public interface IMeasureImage
{
    /// <summary>One measure an image and platform.</summary>
    /// <param name="reference">The image, in skopeo's notation, paths already full.</param>
    /// <param name="platform">The platform; null for each.</param>
    /// <param name="cancellationToken">Stops it.</param>
    IAsyncEnumerable<AttackSurface> MeasureAsync(string reference, Platform? platform, CancellationToken cancellationToken);
}

/// <summary>The rule catalogue.</summary>
public interface IListRules
{
    /// <summary>Every rule, in order of ids.</summary>
    IReadOnlyList<AuditRule> Rules { get; }
}

/// <summary>Edits policy files.</summary>
public interface IEditPolicy
{
    /// <summary>
    /// Writes a suppression for each finding into a policy file, which is made where it is missing; what else stands in it
    /// stays as it is. A finding that has one keeps it, with the later day. All or nothing.
    /// </summary>
    /// <returns>False where every finding was suppressed so already, and nothing was written.</returns>
    Task<bool> SuppressAsync(SuppressionRequest request, CancellationToken cancellationToken);
}

/// <summary>Findings to be accepted for a time.</summary>
/// <param name="PolicyPath">The policy file, as a full path.</param>
/// <param name="Findings">The findings.</param>
/// <param name="Reason">Why they are accepted.</param>
/// <param name="Owner">Who answers for that: a person or a team.</param>
/// <param name="Until">The last day on which it holds, to its end in UTC.</param>
public sealed record SuppressionRequest(string PolicyPath, IReadOnlyList<AuditFinding> Findings, string Reason, string Owner, DateOnly Until);

/// <summary>Writes reports.</summary>
public interface IExportReport
{
    /// <summary>Writes one report a path, whose ending says the format (<c>.csv</c>, <c>.html</c>, <c>.json</c>, <c>.md</c>, <c>.sarif</c>, <c>.xml</c> for JUnit), each all or nothing.</summary>
    Task ExportAsync(IReadOnlyList<AuditResult> results, IReadOnlyList<string> paths, CancellationToken cancellationToken);
}
