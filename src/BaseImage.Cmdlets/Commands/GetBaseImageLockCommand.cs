using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageLock: reads locks.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageLock")]
[OutputType(typeof(ImageLock))]
public sealed class GetBaseImageLockCommand : DefinitionCmdlet
{
    /// <summary>Looks in sub-folders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
        => ForEachLock(Recurse, async (path, work) => await work.WriteAsync(await Engine.Locks.ReadAsync(path, work.Stop)));
}
