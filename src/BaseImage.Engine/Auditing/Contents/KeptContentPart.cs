using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Keeps the small files that rules read (<see cref="KeptPaths"/>), with every secret in them struck out.</summary>
/// <param name="secrets">Knows where in the file secrets lie.</param>
internal sealed class KeptContentPart(SecretsPart secrets) : IContentPart, IDisposable
{
    private readonly MemoryStream _content = new();
    private KeptKind _kind;
    private long _total;

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        _kind = KeptPaths.Of(entry.Path.ToString());
        if (_kind == KeptKind.None || (_kind != KeptKind.Database && entry.Size > KeptPaths.MaximumOther))
        {
            return false;
        }

        _total += entry.Size;
        if (entry.Size > KeptPaths.MaximumDatabase || _total > KeptPaths.MaximumTotal)
        {
            throw new ImageLimitExceededException("/" + entry.Path, $"package databases of more than {(entry.Size > KeptPaths.MaximumDatabase ? KeptPaths.MaximumDatabase : KeptPaths.MaximumTotal)} bytes are not read");
        }

        _content.SetLength(0);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _content.Write(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
    {
        Span<byte> content = _content.GetBuffer().AsSpan(0, (int)_content.Length);
        foreach ((long start, long length) in secrets.Places)
        {
            // Lines stay lines.
            foreach (ref byte value in content[(int)start..(int)(start + length)])
            {
                value = value == (byte)'\n' ? value : (byte)'*';
            }
        }

        return facts with
        {
            Content = _kind switch
            {
                KeptKind.Accounts => AccountMask.Apply(content),
                KeptKind.Settings => SettingsMask.Apply(content),
                KeptKind.Plain when content.IndexOf("://"u8) >= 0 => SettingsMask.WithoutLogins(content),
                _ => content.ToArray(),
            },
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();
}
