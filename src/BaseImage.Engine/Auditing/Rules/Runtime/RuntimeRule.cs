using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>What the rules about running images share: they judge what was seen, and where nothing was, they say why.</summary>
internal abstract class RuntimeRule : IAuditRule
{
    /// <inheritdoc/>
    public abstract AuditRule Describe { get; }

    /// <inheritdoc/>
    public bool NeedsFiles => false;

    /// <inheritdoc/>
    public bool NeedsRuntime => true;

    /// <inheritdoc/>
    public virtual RunNeeds Needs => RunNeeds.LockDown;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken) => facts.Runtime switch
    {
        null => RuleOutcome.Skip("-IncludeRuntime was not given, so the image was not run."),
        { Skipped: { } reason } => RuleOutcome.Skip(reason),
        { Failure: { } reason } => throw new RunNotObservedException(reason),
        { } runtime => Evaluate(runtime, facts),
    };

    /// <summary>Judges what was seen.</summary>
    protected abstract RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts);

    /// <summary>A run of which something is known.</summary>
    /// <exception cref="RunNotObservedException">Nothing is.</exception>
    protected static RunObservation Seen(RunObservation? run) => run switch
    {
        null => throw new RunNotObservedException("The run that tells was not made."),
        { Outcome: RunOutcome.NotObserved } => throw new RunNotObservedException($"The image was run, and what happened is not known: {run.Reason}."),
        _ => run,
    };

    /// <summary>
    /// The run that tells what is left without capabilities and new privileges: the lock-down's, or where a limit ended that
    /// one before all was said, the run under this condition alone.
    /// </summary>
    protected static RunObservation Unprivileged(RuntimeFacts runtime)
        => Seen(runtime.LockedDown is { Outcome: RunOutcome.NotObserved } ? runtime.UnprivilegedAlone ?? runtime.LockedDown : runtime.LockedDown);

    /// <summary>Everything that was seen of the processes of a run, what the engine gives among it.</summary>
    protected static IReadOnlyList<ProcessStatus> Identities(RunObservation run)
        => [.. run.Given is { } given ? [given] : Array.Empty<ProcessStatus>(), .. run.Identities, .. run.AtEnd];

    /// <summary>One sentence for a rule that a program which does not work at all cannot be judged by; null where it works.</summary>
    protected static RuleOutcome? NotJudged(RuntimeFacts runtime)
        => runtime.Program.Count == 0 ? RuleOutcome.Skip("The image has no program of its own, so whether one works cannot be seen.")
            : Seen(runtime.AsGiven) is { IsGood: false } given ? RuleOutcome.Skip($"The program does not work in a plain run either: {given.Describe()}.")
            : null;

    /// <summary>Judges by a run under the lock-down, or where that failed by a run under one condition alone.</summary>
    protected static RunObservation Deciding(RuntimeFacts runtime, RunObservation? alone) => runtime.StandsLockDown ? Seen(runtime.LockedDown) : Seen(alone);

    /// <summary>The program's path where it is one; what a suppression can name.</summary>
    protected static string Path(RuntimeFacts runtime) => runtime.Program.Count > 0 && runtime.Program[0].StartsWith('/') ? runtime.Program[0] : "";

    /// <summary>A number of bytes for people.</summary>
    protected static string Bytes(long bytes) => bytes % (1 << 20) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}

/// <summary>A run told too little to judge by; the row is an Error and never a Pass.</summary>
internal sealed class RunNotObservedException(string message) : Exception(message);
