using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>
/// Makes one layer of several, so that on top of any base it gives the same file system as they do one after the other.
/// Source: OCI Image Specification 1.1, layer.md, "Whiteouts".
/// </summary>
internal static class LayerSquash
{
    private static readonly LayerPath s_opaque = LayerPath.FromUtf8(".wh..wh..opq");

    /// <summary>Squashes them.</summary>
    /// <param name="layers">The layers, lowest first.</param>
    /// <param name="hasBase">False where nothing lies below, so that marks that hide it mean nothing.</param>
    public static OwnLayer Squash(IReadOnlyList<OwnLayer> layers, bool hasBase)
    {
        OwnLayer result = new();
        foreach (OwnLayer layer in layers)
        {
            // Marks speak of the layers below and not of their own.
            foreach ((LayerPath path, OwnBody body) in layer.Files.Where(pair => IsMark(pair.Key)))
            {
                Hide(result, path, body);
            }

            foreach ((LayerPath path, OwnBody body) in layer.Files.Where(pair => !IsMark(pair.Key)))
            {
                Put(result, path, body);
            }

            result.Changed += layer.Changed;
        }

        if (!hasBase)
        {
            foreach (LayerPath mark in result.Files.Keys.Where(IsMark).ToArray())
            {
                result.Files.Remove(mark);
            }
        }

        return result;
    }

    private static void Hide(OwnLayer result, LayerPath path, OwnBody body)
    {
        if (path.Name == s_opaque)
        {
            RemoveBelow(result, path.Parent);
        }
        else
        {
            LayerPath hidden = path.Parent.Append(NameOf(path));
            if (result.Files.Remove(hidden, out OwnBody? before) && before.Entry.Kind is ImageFileKind.Directory)
            {
                RemoveBelow(result, hidden);
            }
        }

        result.Files[path] = body;
    }

    private static void Put(OwnLayer result, LayerPath path, OwnBody body)
    {
        bool isDirectory = body.Entry.Kind is ImageFileKind.Directory;
        bool wasHidden = LayerPath.TryCreate(MarkOf(path), out LayerPath mark) && result.Files.Remove(mark);
        bool wasThere = result.Files.TryGetValue(path, out OwnBody? before), wasDirectory = before?.Entry.Kind is ImageFileKind.Directory;
        if (!isDirectory && wasDirectory)
        {
            RemoveBelow(result, path);
        }

        result.Files[path] = body;
        if (isDirectory && (wasHidden || (wasThere && !wasDirectory)))
        {
            // What the base has in a directory of that name stays hidden.
            LayerPath opaque = path.Append(s_opaque);
            result.Files[opaque] = new OwnBody { Entry = new LayerEntry { Path = opaque, Kind = ImageFileKind.File, Mode = 0x1A4, ModifiedTime = body.Entry.ModifiedTime }, Content = [] };
        }
    }

    private static bool IsMark(LayerPath path) => path.Name.Span.StartsWith(".wh."u8);

    private static LayerPath NameOf(LayerPath mark) => LayerPath.TryCreate(mark.Name.Bytes[4..], out LayerPath name) ? name : LayerPath.Root;

    private static byte[] MarkOf(LayerPath path) => [.. path.Parent.Span, .. path.Parent.IsRoot ? ""u8 : "/"u8, .. ".wh."u8, .. path.Name.Span];

    private static void RemoveBelow(OwnLayer result, LayerPath directory)
    {
        foreach (LayerPath path in result.Files.Keys.Where(path => path.IsBelow(directory)).ToArray())
        {
            result.Files.Remove(path);
        }
    }
}
