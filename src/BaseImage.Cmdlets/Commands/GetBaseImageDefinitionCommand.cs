using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageDefinition: reads and validates definitions.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageDefinition")]
[OutputType(typeof(ImageDefinition))]
public sealed class GetBaseImageDefinitionCommand : DefinitionCmdlet
{
    /// <summary>Looks in sub-folders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
        => ForEachDefinition(Recurse, async (path, work) => await work.WriteAsync(await Engine.Definitions.ReadAsync(path, work.Stop)));
}
