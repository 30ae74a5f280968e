using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageSignature: lists images' signatures as they say of themselves.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageSignature")]
[OutputType(typeof(ImageSignature))]
public sealed class GetBaseImageSignatureCommand : ImageCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachImage(async (engine, reference, work) =>
    {
        await foreach (ImageSignature signature in engine.Signatures.ReadAsync(reference, work.Stop))
        {
            await work.WriteAsync(signature);
        }
    });
}
