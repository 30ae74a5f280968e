using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageUpdate: what a new lock would change, and why, without changing it.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageUpdate")]
[OutputType(typeof(LockChange))]
public sealed class GetBaseImageUpdateCommand : ArchiveCmdlet
{
    /// <summary>The time to judge a signed index's Valid-Until at, for a frozen mirror; now, where it is not given.</summary>
    [Parameter]
    public DateTimeOffset? AsOf { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDefinition(recurse: false, async (path, work) =>
    {
        ImageDefinition definition = await Engine.Definitions.ReadAsync(path, work.Stop);
        LockPlan plan = await Engine.Resolver.ResolveAsync(definition, Access(AsOf), only: null, work, work.Stop);
        foreach (LockChange change in plan.Changes)
        {
            await work.WriteAsync(change);
        }
    });
}
