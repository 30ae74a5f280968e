namespace BaseImage.Engine.Layers;

/// <summary>The bytes as they are.</summary>
internal sealed class NoCodec : Codec
{
    /// <inheritdoc/>
    public override string Name => "none";

    /// <inheritdoc/>
    public override string Identity => "none";

    /// <inheritdoc/>
    public override string MediaTypeSuffix => "";

    /// <inheritdoc/>
    public override void CompressBlock(byte[] raw, int length, Stream output) => output.Write(raw, 0, length);

    /// <inheritdoc/>
    public override int InflateBlock(byte[] packed, int length, byte[] raw)
    {
        packed.AsSpan(0, length).CopyTo(raw);
        return length;
    }
}
