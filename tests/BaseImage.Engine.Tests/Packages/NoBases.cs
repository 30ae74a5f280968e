using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Images;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Trust.Verification;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>For definitions that build on no image: being asked is a mistake.</summary>
internal sealed class NoBases : IKnowBases
{
    public static NoBases Instance { get; } = new();

    public static BaseTrust Trust { get; } = new(new SignatureTester((_, _) => throw new InvalidOperationException("The definition has no base."), TimeProvider.System), (_, _) => throw new InvalidOperationException("The definition has no base."));

    public Task<IReadOnlyList<KnownBase>> ReadAsync(ImageDefinition definition, CancellationToken cancellationToken) => throw new InvalidOperationException("The definition has no base.");

    public static Task<IImageSource> OpenAsync(ImageReference reference, CancellationToken cancellationToken) => throw new InvalidOperationException("The definition has no base.");
}
