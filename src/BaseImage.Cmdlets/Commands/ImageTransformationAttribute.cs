using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Lets a parameter of image names take images, files and folders by the name they stand for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ImageTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            object[] many => many.Select(one => Transform(engineIntrinsics, one)).ToArray(),
            ContainerImage image => image.Reference,
            FileSystemInfo file => file.FullName,
            _ => inputData,
        };
    }
}
