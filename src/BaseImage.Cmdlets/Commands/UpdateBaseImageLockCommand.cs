using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Update-BaseImageLock: resolves definitions against signed indexes and writes their locks.</summary>
[Cmdlet(VerbsData.Update, "BaseImageLock", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(LockChange))]
public sealed class UpdateBaseImageLockCommand : ArchiveCmdlet
{
    private readonly List<LockChange> _only = [];

    /// <summary>Changes of Get-BaseImageUpdate to apply alone, with what they need.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Change")]
    public LockChange[] InputObject { get; set; } = [];

    /// <summary>The time to judge a signed index's Valid-Until at, for a frozen mirror; the lock records it.</summary>
    [Parameter]
    public DateTimeOffset? AsOf { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Change")
        {
            _only.AddRange(InputObject);
            return;
        }

        ForEachDefinition(recurse: false, (path, work) => UpdateAsync(path, null, work));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (IGrouping<string, LockChange> changes in _only.GroupBy(change => change.Path, StringComparer.Ordinal))
        {
            Run(changes.Key, work => UpdateAsync(changes.Key, [.. changes], work));
        }
    }

    private async Task UpdateAsync(string path, IReadOnlyList<LockChange>? only, PipelineWork work)
    {
        ImageDefinition definition = await Engine.Definitions.ReadAsync(path, work.Stop);
        LockPlan plan = await Engine.Resolver.ResolveAsync(definition, Access(AsOf), only, work, work.Stop);
        string action = plan.Changes.Count == 1 ? "Write the lock with 1 change" : $"Write the lock with {plan.Changes.Count} changes";
        if (!await work.ShouldProcessAsync(definition.LockPath, action))
        {
            return;
        }

        await Engine.LockWriter.WriteAsync(plan, definition.LockPath, work.Stop);
        foreach (LockChange change in plan.Changes)
        {
            await work.WriteAsync(change);
        }
    }
}
