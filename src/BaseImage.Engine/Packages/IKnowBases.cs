namespace BaseImage.Engine.Packages;

/// <summary>Knows the images that definitions build on.</summary>
internal interface IKnowBases
{
    /// <summary>What the image of a definition holds, one item a platform of the definition, in its order.</summary>
    /// <exception cref="Errors.ImageNotFoundException">There is no such image, or it lacks a platform.</exception>
    Task<IReadOnlyList<KnownBase>> ReadAsync(ImageDefinition definition, CancellationToken cancellationToken);
}

/// <summary>One platform of an image that is built on.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Manifest">Its manifest's digest.</param>
/// <param name="Created">When it says it was made; null where it does not say.</param>
/// <param name="Stanzas">The control stanza of each package in it, as dpkg's database has them.</param>
internal sealed record KnownBase(Platform Platform, Digest Manifest, DateTimeOffset? Created, IReadOnlyList<ControlParagraph> Stanzas);
