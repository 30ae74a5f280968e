using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Measure-BaseImage: what an attacker finds in an image, in numbers.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BaseImage")]
[OutputType(typeof(AttackSurface))]
public sealed class MeasureBaseImageCommand : ImageCmdlet
{
    /// <summary>The platform; every one of the image's where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachImage(async (engine, reference, work) =>
    {
        await foreach (AttackSurface surface in engine.Surfaces.MeasureAsync(reference, Platform, work.Stop))
        {
            await work.WriteAsync(surface);
        }
    });
}
