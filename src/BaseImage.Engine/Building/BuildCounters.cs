namespace BaseImage.Engine.Building;

/// <summary>What a build did and what it did not need to do. Sums of parallel work, so only read them when it is done.</summary>
internal sealed class BuildCounters
{
    private int _packagesUnpacked;
    private int _fragmentsReused;
    private int _fragmentsMade;
    private int _layersReused;
    private long _bytesUnpacked;
    private long _bytesCompressed;
    private long _bytesInflated;

    /// <summary>Packages whose archive was opened.</summary>
    public int PackagesUnpacked => _packagesUnpacked;

    /// <summary>Bytes of file contents that came out of packages' archives.</summary>
    public long BytesUnpacked => _bytesUnpacked;

    /// <summary>Fragments that were compressed.</summary>
    public int FragmentsMade => _fragmentsMade;

    /// <summary>Raw bytes that went into the compressor.</summary>
    public long BytesCompressed => _bytesCompressed;

    /// <summary>Fragments that were taken from the cache.</summary>
    public int FragmentsReused => _fragmentsReused;

    /// <summary>Layers that were remembered whole.</summary>
    public int LayersReused => _layersReused;

    /// <summary>Raw bytes of fragments that were read to compute a diffID.</summary>
    public long BytesInflated => _bytesInflated;

    /// <summary>Counts a package that was opened.</summary>
    public void Unpacked(long bytes)
    {
        Interlocked.Increment(ref _packagesUnpacked);
        Interlocked.Add(ref _bytesUnpacked, bytes);
    }

    /// <summary>Counts a fragment that was compressed.</summary>
    public void Compressed(long rawBytes)
    {
        Interlocked.Increment(ref _fragmentsMade);
        Interlocked.Add(ref _bytesCompressed, rawBytes);
    }

    /// <summary>Counts a fragment from the cache.</summary>
    public void Reused() => Interlocked.Increment(ref _fragmentsReused);

    /// <summary>Counts a layer from the cache.</summary>
    public void LayerReused() => Interlocked.Increment(ref _layersReused);

    /// <summary>Counts bytes read for a diffID.</summary>
    public void Inflated(long bytes) => Interlocked.Add(ref _bytesInflated, bytes);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{PackagesUnpacked} packages unpacked ({BytesUnpacked} bytes), {FragmentsMade} fragments made ({BytesCompressed} bytes), {FragmentsReused} fragments and {LayersReused} layers reused");
}
