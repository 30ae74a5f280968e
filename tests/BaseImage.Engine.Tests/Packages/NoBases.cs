using BaseImage.Engine.Images;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>For definitions that build on no image: being asked is a mistake.</summary>
internal sealed class NoBases : IKnowBases
{
    public static NoBases Instance { get; } = new();

    public Task<IReadOnlyList<KnownBase>> ReadAsync(ImageDefinition definition, CancellationToken cancellationToken) => throw new InvalidOperationException("The definition has no base.");

    public static Task<IImageSource> OpenAsync(ImageReference reference, CancellationToken cancellationToken) => throw new InvalidOperationException("The definition has no base.");
}
