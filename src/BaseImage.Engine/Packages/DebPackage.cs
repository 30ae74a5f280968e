using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Packages;

/// <summary>A Debian binary package, read in one pass. Source: deb(5).</summary>
internal sealed class DebPackage : IDisposable
{
    private DebPackage(string sourceName) => SourceName = sourceName;

    /// <summary>What errors call it.</summary>
    public string SourceName { get; }

    /// <summary>The control stanza's text, as it stands in the package, "\n" at its end.</summary>
    public string ControlText { get; private init; } = "";

    /// <summary>The control archive's files by name (control, md5sums, conffiles, postinst, triggers, …), byte exact.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ControlFiles { get; private init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Reads up to the control archive's end.</summary>
    /// <param name="stream">The file, from its beginning; not seeked; stays open.</param>
    /// <param name="sourceName">What errors call it: the file's name.</param>
    public static DebPackage Open(Stream stream, string sourceName) => throw new NotImplementedException();

    /// <summary>The data archive's entries; can be asked for once. After the last entry the whole file has been checked.</summary>
    public ITarEntries OpenData() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
