using System.Diagnostics;
using System.Runtime.CompilerServices;
using BaseImage.Engine.Auditing.Journals;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Auditing.Structure;
using BaseImage.Engine.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing;

/// <summary>Audits images: facts once an image and platform, then every rule over them.</summary>
internal sealed class Auditor(IFactsSource source, RuleCatalogue catalogue, PolicyReader policies, TimeProvider time, IObserveRuntime? observer = null, SignatureFactsSource? signatures = null) : IAuditImage
{
    private const string Activity = "Auditing images";

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuditResult> AuditAsync(AuditRequest request, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What the caller asked for is judged before any image is: a mistake there must not look like an image's.
        IReadOnlyList<IAuditRule> rules = Applicable(catalogue.Select(request.Rules, request.ExcludedRules, [.. request.CustomRules.Select(own => own.Rule.Id)]), request);
        rules = [.. rules, .. RuleCatalogue.SelectTests(await StructureFilesAsync(request, cancellationToken).ConfigureAwait(false), request.Rules, request.ExcludedRules)];
        IReadOnlyList<CustomRule> ownRules = CustomRules.Chosen(request);
        AuditJournal? journal = (AuditJournal?)request.Journal;
        PolicySet set = await policies.ReadAsync(request.PolicyPath, cancellationToken).ConfigureAwait(false);
        (IFactsSession? session, AuditResult? failure) = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            yield return failure;
        }

        if (session is null)
        {
            yield break;
        }

        await using (session.ConfigureAwait(false))
        {
            bool needsFiles = rules.Any(rule => rule.NeedsFiles || rule is Rules.RunsAsUser) || ownRules.Any(own => own.Rule.Check?.NeedsFiles ?? true);
            for (int i = 0; i < session.Items.Count; i++)
            {
                PendingFacts item = session.Items[i];
                reporter.Progress(new ProgressUpdate(Activity, $"{item.Image} {item.Platform}", i, session.Items.Count));
                string? key = journal is null ? null : JournalKey.Of(item, rules, ownRules, set.For(item.Name, item.Image), Profile(request, set.For(item.Name, item.Image)), time.GetUtcNow(), request.Trust);
                if (key is not null && await journal!.FindAsync(key, cancellationToken).ConfigureAwait(false) is { } known)
                {
                    foreach (AuditResult row in known.Rows)
                    {
                        yield return row;
                    }

                    continue;
                }

                (ImageFacts? facts, AuditResult? unreadable) = await GatherAsync(item, needsFiles && item.Platform.Os != "windows", cancellationToken).ConfigureAwait(false);
                if (unreadable is not null)
                {
                    yield return unreadable;
                    continue;
                }

                AuditPolicy policy = set.For(facts!.Name, facts.Image);
                RuntimeRequest? runtime = Profile(request, policy);
                ResultBuilder builder = new(policy, time);
                List<AuditResult> rows = [];
                foreach (IAuditRule rule in rules)
                {
                    cancellationToken.ThrowIfCancellationRequested();

                    // An image is run once, and only when a rule that the policy leaves on wants to know.
                    if (rule.NeedsRuntime && facts!.Runtime is null && runtime is not null && !policy.Disabled.ContainsKey(rule.Describe.Id))
                    {
                        facts = facts with { Runtime = await ObserveAsync(item, runtime, Needs(rules, policy), reporter, cancellationToken).ConfigureAwait(false) };
                    }

                    if (rule.NeedsSignatures && facts!.Signatures is null && signatures is not null && !policy.Disabled.ContainsKey(rule.Describe.Id))
                    {
                        facts = facts with { Signatures = await signatures.ReadAsync(item.Image, request.Trust, reporter, cancellationToken).ConfigureAwait(false) };
                    }

                    if (rule.NeedsAttestations && facts!.Attestations is null && signatures is not null && !policy.Disabled.ContainsKey(rule.Describe.Id))
                    {
                        facts = facts with { Attestations = await signatures.ReadAttestationsAsync(item.Image, request.Trust, cancellationToken).ConfigureAwait(false) };
                    }

                    if (rule is StructureRule && facts!.Structure is null)
                    {
                        facts = facts with { Structure = await StructureFactsSource.ReadAsync(item, facts, rules, policy, runtime, observer, reporter, cancellationToken).ConfigureAwait(false) };
                    }

                    AuditResult row = Evaluate(rule, facts! with { Limits = policy.Limits, Now = time.GetUtcNow() }, policy, builder, cancellationToken);
                    rows.Add(row);
                    yield return row;
                }

                foreach (CustomRule own in ownRules)
                {
                    AuditResult row = await CustomRules.EvaluateAsync(own, facts!, policy, builder, cancellationToken).ConfigureAwait(false);
                    rows.Add(row);
                    yield return row;
                }

                builder.NoteUse(request.Uses ?? new SuppressionUse(), facts!, rows);
                await JournalAsync(journal, key, item, rows, facts!, cancellationToken).ConfigureAwait(false);
            }

            foreach (ImageFailure unread in session.Failures)
            {
                yield return ResultBuilder.Unreadable(unread.Pinned.ToString(), request.Platform, unread.Pinned.Digest, unread.Failure);
            }

            reporter.Progress(new ProgressUpdate(Activity, "", session.Items.Count, session.Items.Count, Completed: true));
        }
    }

    /// <inheritdoc/>
    public async Task<IAuditJournal> OpenJournalAsync(string path, CancellationToken cancellationToken) => await AuditJournal.OpenAsync(path, cancellationToken).ConfigureAwait(false);

    // What the caller says goes before what the policy says, and that before the defaults.
    private static RuntimeRequest? Profile(AuditRequest request, AuditPolicy policy) => request.Runtime?.With(policy.Runtime).With(request.RuntimeSettings);

    // What could not be judged, or was not allowed to run, is tried again the next time.
    private async Task JournalAsync(AuditJournal? journal, string? key, PendingFacts item, IReadOnlyList<AuditResult> rows, ImageFacts facts, CancellationToken cancellationToken)
    {
        // A signature or attestation may come any time, and changes nothing that the journal goes by.
        if (key is not null && string.IsNullOrEmpty(facts.Runtime?.Skipped) && facts.Signatures?.Result is null or { IsTrusted: true } && facts.Attestations is null or { IsSettled: true } && !rows.Any(row => row.Status is AuditStatus.Error))
        {
            await journal!.AddAsync(key, new JournalItem(item.Image, item.Platform, item.Digest, time.GetUtcNow(), rows), cancellationToken).ConfigureAwait(false);
        }
    }

    // Without -IncludeRuntime its rules are no part of the audit, unless somebody names them: then they say that they were skipped.
    private static IReadOnlyList<IAuditRule> Applicable(IReadOnlyList<IAuditRule> rules, AuditRequest request)
        => request.Runtime is not null || request.Rules.Count > 0 ? rules : [.. rules.Where(rule => !rule.NeedsRuntime)];

    private static async Task<IReadOnlyList<StructureTestFile>> StructureFilesAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        List<StructureTestFile> files = [];
        foreach (string path in request.StructureTestPaths)
        {
            files.Add(await StructureTestReader.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        return files;
    }

    private static RunNeeds Needs(IReadOnlyList<IAuditRule> rules, AuditPolicy policy)
        => rules.Where(rule => rule.NeedsRuntime && !policy.Disabled.ContainsKey(rule.Describe.Id)).Aggregate(RunNeeds.Given, (all, rule) => all | rule.Needs);

    private async Task<RuntimeFacts> ObserveAsync(PendingFacts item, RuntimeRequest request, RunNeeds needs, IReporter reporter, CancellationToken cancellationToken)
        => observer is null || item.Target is null
            ? new RuntimeFacts { Skipped = "There is nothing here that an engine could run." }
            : await observer.ObserveAsync(item.Target, request, needs, reporter, cancellationToken).ConfigureAwait(false);

    private static AuditResult Evaluate(IAuditRule rule, ImageFacts facts, AuditPolicy policy, ResultBuilder builder, CancellationToken cancellationToken)
    {
        AuditRule description = rule.Describe;
        if (policy.Disabled.TryGetValue(description.Id, out string? reason))
        {
            return builder.TurnedOff(description, facts, reason);
        }

        if (rule.NeedsFiles && facts.Files is null)
        {
            return builder.NotApplicable(description, facts, $"The rule looks at files, which is not done for this platform (os={facts.Platform.Os}).");
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            RuleOutcome outcome = RememberedOutcome.Of(rule, facts, cancellationToken);
            return builder.Of(description, facts, outcome, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A rule's mistake is the rule's row; the other rules still count.
            return builder.Broken(description, facts, e, Stopwatch.GetElapsedTime(start));
        }
    }

    private async Task<(IFactsSession? Session, AuditResult? Failure)> OpenAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        try
        {
            IFactsSession session = await source.Within(request.Scope).OpenAsync(request.Reference, request.Platform, cancellationToken).ConfigureAwait(false);
            return session.Items.Count + session.Failures.Count > 0 ? (session, null) : (session, ResultBuilder.Unreadable(request.Reference, request.Platform, default, new InvalidDataException("The reference names no image.")));
        }
        catch (Exception e) when (IsAboutTheImage(e))
        {
            return (null, ResultBuilder.Unreadable(request.Reference, request.Platform, default, e));
        }
    }

    private static async Task<(ImageFacts? Facts, AuditResult? Unreadable)> GatherAsync(PendingFacts item, bool withFiles, CancellationToken cancellationToken)
    {
        try
        {
            return (await item.ReadAsync(withFiles, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (IsAboutTheImage(e))
        {
            return (null, ResultBuilder.Unreadable(item.Image, item.Platform, item.Digest, e));
        }
    }

    // In an audit an image that cannot be read is a row. Running out of memory is not about the image.
    private static bool IsAboutTheImage(Exception e) => e is not (OperationCanceledException or OutOfMemoryException);
}
