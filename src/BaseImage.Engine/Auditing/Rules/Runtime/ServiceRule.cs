using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>What the rules about services share: a program that runs on is watched as its container's first process, from its start to its stop.</summary>
internal abstract class ServiceRule : RuntimeRule
{
    /// <inheritdoc/>
    public override RunNeeds Needs => RunNeeds.Service;

    /// <inheritdoc/>
    protected sealed override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotJudged(runtime) is { } not)
        {
            return not;
        }

        if (Seen(runtime.AsGiven).Outcome is not RunOutcome.Runs)
        {
            return RuleOutcome.Skip("The program ends by itself, so it is no service.");
        }

        return runtime.Service switch
        {
            null => throw new RunNotObservedException("It was not run as a service."),
            { NotStarted: { Length: > 0 } reason } => throw new RunNotObservedException($"The engine could not start it as a service: {reason}"),
            { Problem: { Length: > 0 } reason } => throw new RunNotObservedException($"It was run as a service, and what happened is not known: {reason}."),
            { } service => Evaluate(service, runtime, facts),
        };
    }

    /// <summary>Judges what was seen of it.</summary>
    protected abstract RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts);

    /// <summary>How it ended by itself, in words.</summary>
    protected static string Ended(ServiceObservation service)
    {
        long code = service.EndState?.ExitCode ?? 0;
        string how = service.EndState is { WasOutOfMemory: true } ? "for want of memory"
            : code > 128 ? string.Create(CultureInfo.InvariantCulture, $"by signal {code - 128} ({RunObservation.SignalName((int)(code - 128))})")
            : string.Create(CultureInfo.InvariantCulture, $"with code {code}");
        return $"it ended {how} {service.EndedEarly}{Said(service)}";
    }

    /// <summary>Its last lines; empty where it wrote none.</summary>
    protected static string Said(ServiceObservation service) => service.Output.Length == 0 ? "" : $"; its last lines: {service.Output}";

    /// <summary>Seconds for people.</summary>
    protected static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    /// <summary>One sentence for a rule that a service which ended by itself cannot be judged by; null where it ran until it was stopped.</summary>
    protected static RuleOutcome? NotToTheEnd(ServiceObservation service)
        => service.EndedEarly.Length == 0 ? null : RuleOutcome.Skip($"It did not run to the end of the watch: {Ended(service)}.");
}
