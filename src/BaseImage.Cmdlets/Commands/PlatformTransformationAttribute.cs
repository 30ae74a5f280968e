using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Lets a parameter of platforms take their text, <c>linux/amd64</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlatformTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            object[] many => many.Select(one => Transform(engineIntrinsics, one)).ToArray(),
            string text => Platform.TryParse(text, out Platform? platform) ? platform
                : throw new ArgumentTransformationMetadataException($"'{text}' is not a platform: expected os/architecture, for instance linux/amd64."),
            _ => inputData,
        };
    }
}
