using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Looks at the files of a layer, one after the other, with every part in one pass.</summary>
internal sealed class ContentScanner : IDisposable
{
    private readonly byte[] _buffer;
    private readonly IContentPart[] _parts;
    private readonly List<IContentPart> _interested = [];

    /// <summary>Makes a scanner.</summary>
    /// <param name="bufferSize">How many bytes are looked at at once; at least <see cref="IContentPart.HeadLength"/>.</param>
    public ContentScanner(int bufferSize = 128 * 1024)
    {
        _buffer = new byte[Math.Max(bufferSize, IContentPart.HeadLength)];
        SecretsPart secrets = new();

        // In the order in which they may look at what others have found.
        _parts = [new DigestPart(), new Md5Part(), new ProgramPart(), new MarkPart(), new ElfPart(), new LicencePart(), secrets, new NamedFilePart(), new KeptContentPart(secrets)];
    }

    /// <summary>Reads a file to its end.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="content">Its content.</param>
    /// <param name="cancellation">Stops it.</param>
    public ContentFacts Scan(LayerEntry entry, Stream content, CancellationToken cancellation)
    {
        int read = content.ReadAtLeast(_buffer, IContentPart.HeadLength, throwOnEndOfStream: false);
        _interested.Clear();
        foreach (IContentPart part in _parts)
        {
            if (part.Begin(entry, _buffer.AsSpan(0, read)))
            {
                _interested.Add(part);
            }
        }

        for (; read > 0; read = content.Read(_buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (IContentPart part in _interested)
            {
                part.Write(_buffer.AsSpan(0, read));
            }
        }

        ContentFacts facts = new();
        foreach (IContentPart part in _interested)
        {
            facts = part.Complete(facts);
        }

        return facts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable part in _parts.OfType<IDisposable>())
        {
            part.Dispose();
        }
    }
}
