namespace BaseImage;

/// <summary>How two images stand to one another; worse is later.</summary>
public enum ComparisonVerdict
{
    /// <summary>The same manifest; where a place keeps none, the same config, and so the same layers.</summary>
    Identical,

    /// <summary>A container cannot tell them apart but by times: the same files, owners, modes, attributes and configuration.</summary>
    Equivalent,

    /// <summary>A file, a package or how a container starts differs.</summary>
    Different,
}

/// <summary>What a verdict rests on.</summary>
public enum ComparisonBasis
{
    /// <summary>Digests of manifests, configs or layers alone: no layer was opened.</summary>
    Digest,

    /// <summary>
    /// The fragments that Build-BaseImage lists in its layers: those that both images have were not unpacked. Only ever of
    /// images that are Different.
    /// </summary>
    Fragments,

    /// <summary>Every file of both images.</summary>
    Content,
}
