using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Optimising;

/// <summary>Shows by running both that an optimised image does what the image does that it was made of.</summary>
/// <param name="runtime">Runs images.</param>
internal sealed class StartProof(IObserveRuntime runtime)
{
    private const RunNeeds Needs = RunNeeds.LockDown | RunNeeds.Service;

    /// <summary>Runs both under the same conditions.</summary>
    /// <returns>What was seen, in words, and what differed without being a fault.</returns>
    /// <exception cref="OptimizationNotProvedException">One could not be run or observed.</exception>
    /// <exception cref="OptimizedImageBrokenException">They did not come to the same.</exception>
    public async Task<(string Proof, IReadOnlyList<string> Warnings)> ProveAsync(RuntimeTarget before, RuntimeTarget after, RuntimeRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        string image = before.Reference.ToString();
        RuntimeFacts old = await runtime.ObserveAsync(before, request, Needs, reporter, cancellationToken).ConfigureAwait(false);
        Demand(image, "the image itself", old);
        if (old.AsGiven is { Outcome: RunOutcome.NotStarted } never)
        {
            throw new OptimizationNotProvedException(image, $"the image itself does not start: {never.Reason}");
        }

        RuntimeFacts now = await runtime.ObserveAsync(after, request, Needs, reporter, cancellationToken).ConfigureAwait(false);
        Demand(image, "the optimised image", now);
        if (IsCutShort(old.AsGiven!, now.AsGiven!) || IsCutShort(old.LockedDown!, now.LockedDown!))
        {
            // One ended just before the time was over and the other had not yet: how fast the machine was says nothing.
            RuntimeRequest patient = request with { Watch = TimeSpan.FromTicks(Math.Max(request.Watch.Ticks * 10, TimeSpan.FromSeconds(30).Ticks)) };
            if (IsCutShort(old.AsGiven!, now.AsGiven!))
            {
                // Where the one that ran on still does, the other one's end is no matter of speed, and no further run is needed.
                RuntimeFacts longer = await runtime.ObserveAsync(old.AsGiven!.Outcome is RunOutcome.Runs ? before : after, patient, RunNeeds.Given, reporter, cancellationToken).ConfigureAwait(false);
                if (longer.AsGiven is { Outcome: RunOutcome.Runs })
                {
                    throw new OptimizedImageBrokenException(image, Difference("as given", old.AsGiven, now.AsGiven)!);
                }
            }

            old = await runtime.ObserveAsync(before, patient, Needs, reporter, cancellationToken).ConfigureAwait(false);
            Demand(image, "the image itself", old);
            now = await runtime.ObserveAsync(after, patient, Needs, reporter, cancellationToken).ConfigureAwait(false);
            Demand(image, "the optimised image", now);
        }

        string? difference = Difference("as given", old.AsGiven, now.AsGiven) ?? Difference("locked down", old.LockedDown, now.LockedDown) ?? Difference(old.Service, now.Service);
        return difference is null ? (Describe(now), Warnings(old, now)) : throw new OptimizedImageBrokenException(image, difference);
    }

    private static bool IsCutShort(RunObservation one, RunObservation other)
        => (one.Outcome, other.Outcome) is (RunOutcome.Runs, RunOutcome.Ended) or (RunOutcome.Ended, RunOutcome.Runs);

    private static void Demand(string image, string which, RuntimeFacts facts)
    {
        string? problem = facts.Skipped ?? facts.Failure
            ?? new[] { facts.AsGiven, facts.LockedDown }.FirstOrDefault(run => run is null or { Outcome: RunOutcome.NotObserved }) switch
            {
                { } run => run.Reason.Length > 0 ? run.Reason : "it could not be observed",
                null => facts.AsGiven is null || facts.LockedDown is null ? "it was not run" : null,
            };
        if (problem is not null)
        {
            throw new OptimizationNotProvedException(image, $"{which}: {problem}");
        }
    }

    private static string? Difference(string how, RunObservation? old, RunObservation? now)
        => old!.IsLike(now!) ? null : $"run {how}, before {old.Describe()}; now {now!.Describe()}.";

    private static string? Difference(ServiceObservation? old, ServiceObservation? now)
    {
        if (old is null || now is null)
        {
            return null;
        }

        if (now.NotStarted.Length > 0 && old.NotStarted.Length == 0)
        {
            return $"as a service it does not start now: {now.NotStarted}";
        }

        if (now.EndedEarly.Length > 0 && old.EndedEarly.Length == 0)
        {
            return $"as a service it ended now {now.EndedEarly}; its last lines: {now.Output}";
        }

        if (old.Health is { IsHealthy: true } && now.Health is not { IsHealthy: true })
        {
            return $"it was healthy, and is not now: {now.Health?.Output}";
        }

        string[] missing = [.. Ports(old).Except(Ports(now), StringComparer.Ordinal)];
        return missing.Length > 0 ? $"it listened on {string.Join(", ", missing)}, and does not now."
            : old.Load?["answered"] > 0 && now.Load?["answered"] is null or 0 ? "it answered requests, and does not now."
            : null;
    }

    private static IEnumerable<string> Ports(ServiceObservation service)
        => service.Samples.SelectMany(sample => sample.Sockets).Where(socket => !socket.IsEphemeral && socket.Protocol != "unix").Select(socket => FormattableString.Invariant($"{socket.Port}/{socket.Protocol}")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static string Describe(RuntimeFacts facts)
    {
        string ports = facts.Service is { } service && string.Join(", ", Ports(service)) is { Length: > 0 } listens ? $"; it listens on {listens}" : "";
        return $"As before, {Outcome(facts.AsGiven!)} as given and {Outcome(facts.LockedDown!)} locked down{ports}{(facts.Service?.Health is { IsHealthy: true } ? "; it is healthy" : "")}.";
    }

    private static string Outcome(RunObservation run) => (run with { Output = "" }).Describe();

    private static IReadOnlyList<string> Warnings(RuntimeFacts old, RuntimeFacts now)
        => old.AsGiven!.Output == now.AsGiven!.Output ? []
            : [$"What it writes differs, which may be times or numbers: before '{Shown(old.AsGiven.Output)}', now '{Shown(now.AsGiven.Output)}'."];

    private static string Shown(string text) => text.Length > 300 ? text[^300..] : text;
}
