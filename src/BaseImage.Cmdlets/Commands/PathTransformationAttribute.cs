using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Lets a parameter of paths take files, folders and the module's own objects by the path they stand for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            object[] many => many.Select(one => Transform(engineIntrinsics, one)).ToArray(),
            FileSystemInfo file => file.FullName,
            ImageDefinition definition => definition.Path,
            ImageLock imageLock => imageLock.Path,
            LockResult result => result.Path,
            LockChange change => change.Path,
            _ => inputData,
        };
    }
}
