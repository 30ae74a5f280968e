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

    /// <summary>The platform; null for each.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Where rows are taken down and found again; null for nowhere.</summary>
    public IAuditJournal? Journal { get; init; }

    /// <summary>How to run the image for the run-time rules; null for not at all.</summary>
    public RuntimeRequest? Runtime { get; init; }
}

/// <summary>A rule of the caller's own.</summary>
/// <param name="Rule">What it demands and why.</param>
/// <param name="EvaluateAsync">Judges one image and platform; what it throws makes the row's status Error.</param>
public sealed record CustomRule(AuditRule Rule, Func<AuditedImage, CancellationToken, Task<IReadOnlyList<CustomFinding>>> EvaluateAsync);

/// <summary>How an image is run for the run-time rules.</summary>
public sealed record RuntimeRequest
{
    /// <summary>Asked before an image is run: its reference and what will be done; false leaves it alone.</summary>
    public required Func<string, string, Task<bool>> ConfirmAsync { get; init; }

    /// <summary>Bytes of memory that the image has to work within.</summary>
    public long Memory { get; init; } = 512L << 20;

    /// <summary>Processes and threads that the image has to work within.</summary>
    public int Processes { get; init; } = 256;

    /// <summary>Processors that each of its containers gets.</summary>
    public double Processors { get; init; } = 1;

    /// <summary>user[:group] of the locked-down runs, in numbers; null for the image's own.</summary>
    public string? User { get; init; }

    /// <summary>How long a program is watched; one that still runs then is taken to run on.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the engine may take for each run beside that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a program may take to be ready: healthy, or its ports listen.</summary>
    public TimeSpan Ready { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a program may take to end after its stop signal.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ports that it is to listen on beside those that its configuration exposes, as <c>8080/tcp</c>; where one is given, all are waited for.</summary>
    public IReadOnlyList<string> Ports { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The path that is asked for by HTTP.</summary>
    public string LoadPath { get; init; } = "/";

    /// <summary>Requests of the load at most; 0 for no load.</summary>
    public int LoadRequests { get; init; } = 100;

    /// <summary>How long the load lasts at most.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a program that keeps growing is watched.</summary>
    public TimeSpan LeakTime { get; init; } = TimeSpan.FromSeconds(20);
}

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
