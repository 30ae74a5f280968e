namespace BaseImage.Errors;

/// <summary>An optimised image does not do what the image does that it was made of; nothing was written.</summary>
public sealed class OptimizedImageBrokenException(string image, string difference)
    : BaseImageException(
        $"The optimised image of '{image}' does not do what the image does, and was not written: {difference}",
        image,
        "Name what it needs with -Keep or in the policy's Optimize.Keep; -WhatIf lists what goes.")
{
    /// <inheritdoc/>
    public override string ErrorId => "OptimizedImageBroken";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>Nothing could show whether an optimised image still starts; nothing was written.</summary>
public sealed class OptimizationNotProvedException(string image, string reason)
    : BaseImageException(
        $"Whether the optimised image of '{image}' still starts could not be shown, and it was not written: {reason}",
        image,
        "Start Docker or Podman, or name one that runs this platform with -DockerHost or -DockerContext; -SkipVerification writes the image without a proof.")
{
    /// <inheritdoc/>
    public override string ErrorId => "OptimizationNotProved";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>An image that cannot be optimised.</summary>
public sealed class ImageNotOptimizableException(string image, string reason, string recommendedAction)
    : BaseImageException($"'{image}' cannot be optimised: {reason}.", image, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageNotOptimizable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}
