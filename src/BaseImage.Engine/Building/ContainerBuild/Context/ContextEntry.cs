using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.ContainerBuild.Context;

/// <summary>A file, folder or link of a build context, as it is sent.</summary>
/// <param name="Name">Its path from the context's folder, with '/'.</param>
/// <param name="Path">Where it lies on the host.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsExecutable">True where its owner may run it, which is all that is kept of a file's mode.</param>
/// <param name="Size">Bytes of a file.</param>
/// <param name="Target">Where a link leads, as it is written, with '/'.</param>
internal sealed record ContextEntry(string Name, string Path, FileKind Kind, bool IsExecutable, long Size, string Target)
{
    /// <summary>The entry of a tar.</summary>
    /// <param name="time">When everything last changed.</param>
    public LayerEntry ToLayerEntry(long time) => Kind switch
    {
        FileKind.Directory => LayerEntry.Directory(Name, modifiedTime: time),
        FileKind.Link => LayerEntry.SymbolicLink(Name, Target, time),
        _ => LayerEntry.File(Name, Size, IsExecutable ? 0x1ED : 0x1A4, time),
    };
}
