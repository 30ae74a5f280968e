using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageCache: what is cached, and whether it is sound.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageCache", DefaultParameterSetName = "Filter")]
[OutputType(typeof(CacheEntry))]
public sealed class GetBaseImageCacheCommand : CacheCmdlet
{
    /// <summary>Reads every entry and says in its Status whether its bytes are what they should be.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IMaintainCache cache = Engine.CacheMaintenance;
        Run(cache.Folder, async work =>
        {
            await foreach (CacheEntry entry in cache.ReadAsync(Verify, work, work.Stop))
            {
                if (IsMeant(entry))
                {
                    await work.WriteAsync(entry);
                }
            }
        });
    }
}
