using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>Gathers what the tests of files need of one image: contents in one pass, commands in containers.</summary>
internal static class StructureFactsSource
{
    /// <summary>Gathers it.</summary>
    public static async Task<StructureFacts> ReadAsync(PendingFacts item, ImageFacts facts, IReadOnlyList<IAuditRule> rules, AuditPolicy policy, RuntimeRequest? runtime, IObserveRuntime? observer, IReporter reporter, CancellationToken cancellationToken)
    {
        StructureRule[] tests = [.. rules.OfType<StructureRule>().Where(rule => !policy.Disabled.ContainsKey(rule.Describe.Id))];
        HashSet<string> wanted = facts.Files is not { } files ? [] : [.. tests.SelectMany(rule => rule.Test switch
        {
            FileContentTest content => [FileCheck.Normal(content.Path)],
            LicenceTest licence => LicenceCheck.Paths(licence, files),
            _ => Enumerable.Empty<string>(),
        }).Select(path => files.Resolve(path)?.Path).OfType<string>()];
        return new StructureFacts
        {
            Contents = wanted.Count > 0 && item.ContentsAsync is { } read ? await read(wanted.Contains, cancellationToken).ConfigureAwait(false) : new Dictionary<string, ReadOnlyMemory<byte>>(),
            Commands = await CommandsAsync(item, [.. tests.Where(rule => rule is { Test: CommandTest, File: { Refused.Length: 0, Unmet.Length: 0 } }).Select(rule => (rule.File, (CommandTest)rule.Test))], runtime, observer, reporter, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<StructureCommands?> CommandsAsync(PendingFacts item, IReadOnlyList<(StructureTestFile File, CommandTest Test)> tests, RuntimeRequest? runtime, IObserveRuntime? observer, IReporter reporter, CancellationToken cancellationToken)
        => tests.Count == 0 ? null
            : runtime is null ? new StructureCommands { Skipped = "-IncludeRuntime was not given." }
            : observer is null || item.Target is null ? new StructureCommands { Skipped = "there is nothing here that an engine could run." }
            : await observer.RunCommandsAsync(item.Target, runtime, tests, reporter, cancellationToken).ConfigureAwait(false);
}
