namespace BaseImage.Errors;

/// <summary>A statement about an image that would not be true, or that cannot be made.</summary>
/// <param name="image">The image.</param>
/// <param name="problem">What is in the way, without a full stop.</param>
/// <param name="recommendedAction">What to do.</param>
public sealed class AttestationNotPossibleException(string image, string problem, string recommendedAction)
    : BaseImageException($"'{image}' was not attested: {problem}.", image, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "AttestationNotPossible";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A statement is not an in-toto statement, or its predicate is not what its kind has to be.</summary>
/// <param name="document">What it is called.</param>
/// <param name="problem">What is wrong, without a full stop.</param>
/// <param name="inner">The cause.</param>
public sealed class StatementInvalidException(string document, string problem, Exception? inner = null)
    : BaseImageException($"'{document}': {problem}.", document, "Make the attestation again with the tool that made it.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "StatementInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>What is wrong, without a full stop.</summary>
    public string Problem { get; } = problem;
}
