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

            // A lock's text is all that it holds: its file is what a cmdlet can look into.
            ImageLock imageLock => imageLock.Path,
            FileSystemInfo file => file.FullName,
            _ => inputData,
        };
    }
}
