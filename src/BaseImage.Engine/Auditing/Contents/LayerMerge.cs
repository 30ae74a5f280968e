using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Layers on their way into a file system, with what is taken down of each file that one of them stores.</summary>
/// <param name="files">What they are put on.</param>
internal sealed class LayerMerge(MergedFileSystem files)
{
    // With what rules need of a file, more would not fit the memory that an audit may take.
    private const long MaximumFiles = 2_000_000;

    /// <summary>Begins with nothing.</summary>
    public LayerMerge()
        : this(new MergedFileSystem(MaximumFiles))
    {
    }

    /// <summary>The file system.</summary>
    public MergedFileSystem Files => files;

    /// <summary>Keys and tokens in any of the layers: a file that a later layer hides is still in the image for whoever pulls it.</summary>
    public List<FileSecret> Secrets { get; } = [];

    /// <summary>Every regular file of each layer.</summary>
    public List<StoredFile> Stored { get; } = [];

    /// <summary>Puts layers on.</summary>
    /// <param name="layers">All layers.</param>
    /// <param name="first">The first to put on, counted from 0.</param>
    /// <param name="name">What errors call a layer.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Errors.BaseImageException">A layer is hostile or beyond what is read.</exception>
    public void Apply(IReadOnlyList<LayerFacts> layers, int first, Func<int, string> name, CancellationToken cancellation)
    {
        for (int i = first; i < layers.Count; i++)
        {
            FilesOfLayer placed = new(this, i);
            files.Apply(layers[i].Replay(name(i)), i, observe: _ => placed, cancellation: cancellation);
        }
    }

    /// <summary>The bodies of the regular files that a container sees.</summary>
    public HashSet<MergedFileBody> Visible() => [.. files.Files().Select(file => file.Body).Where(body => body.Known is not null)];

    /// <summary>Bytes of regular files in some of the layers.</summary>
    public IEnumerable<long> Sizes(int first, int end)
    {
        long[] sizes = new long[end - first];
        foreach (StoredFile file in Stored)
        {
            sizes[file.Layer - first] += file.Size;
        }

        return sizes;
    }

    /// <summary>The files as rules look at them, and what each was made of.</summary>
    public (IReadOnlyList<(MergedFile Merged, ImageFile File)> Files, FileFacts Facts) Complete(PackageDatabase database, int layers)
    {
        // Bytes of names are in another order than the paths that are made of them.
        (MergedFile Merged, ImageFile File)[] all =
            [.. files.Files().Select(file => (Merged: file, File: InspectedImage.Describe(file, database.OwnerOf(file)))).OrderBy(pair => pair.File.Path, StringComparer.Ordinal)];
        FileTable table = new(Array.ConvertAll(all, pair => pair.File), Array.ConvertAll(all, pair => pair.Merged.Body.Known as ContentFacts));
        return (all, new FileFacts(table, Secrets, LayerUse.Of(layers, Stored, Visible())));
    }

    private sealed class FilesOfLayer(LayerMerge merge, int layer) : IContentObserver
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
        }

        public void Completed(MergedFile file)
        {
            merge.Stored.Add(new StoredFile(file.Body, file, layer, file.Entry.Size));
            if (file.Body.Known is ContentFacts { Secrets.Count: > 0 } facts)
            {
                string path = file.ToString();
                merge.Secrets.AddRange(facts.Secrets.Select(hit => new FileSecret(path, layer, hit)));
            }
        }
    }
}
