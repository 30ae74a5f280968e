namespace BaseImage.Engine.Images;

/// <summary>
/// A finished image, ready to be written anywhere: the documents as bytes and the layers as streams that can be opened
/// any number of times. Writers never make a document of it again; only the index above them is theirs.
/// </summary>
internal sealed record BuiltImage
{
    /// <summary>The repository's name, without registry and tag.</summary>
    internal required string Name { get; init; }

    /// <summary>One manifest a platform, in the order of the index.</summary>
    internal required IReadOnlyList<BuiltManifest> Manifests { get; init; }

    /// <summary>The index, when there are several platforms; null for an image of one manifest.</summary>
    internal BuiltDocument? Index { get; init; }

    /// <summary>What a name leads to: the index, or the only manifest.</summary>
    internal BuiltDocument Root => Index ?? Manifests[0].Manifest;
}

/// <summary>One platform of a finished image.</summary>
internal sealed record BuiltManifest
{
    /// <summary>The platform.</summary>
    internal required Platform Platform { get; init; }

    /// <summary>The manifest.</summary>
    internal required BuiltDocument Manifest { get; init; }

    /// <summary>The config.</summary>
    internal required BuiltDocument Config { get; init; }

    /// <summary>The layers, lowest first, as the manifest lists them.</summary>
    internal required IReadOnlyList<BuiltLayer> Layers { get; init; }
}

/// <summary>A JSON document and its media type.</summary>
internal sealed record BuiltDocument(string MediaType, byte[] Bytes)
{
    /// <summary>The document's digest.</summary>
    internal Digest Digest { get; } = Digest.Of(Bytes);

    /// <summary>Its descriptor.</summary>
    internal OciDescriptor Descriptor => new(MediaType, Digest, Bytes.Length);
}

/// <summary>A layer.</summary>
/// <param name="Descriptor">Of the compressed blob.</param>
/// <param name="DiffId">Of the tar inside.</param>
/// <param name="OpenAsync">Opens the compressed blob from its start; the writer disposes of the stream.</param>
internal sealed record BuiltLayer(OciDescriptor Descriptor, Digest DiffId, Func<CancellationToken, ValueTask<Stream>> OpenAsync);
