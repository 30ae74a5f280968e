namespace BaseImage.Errors;

/// <summary>
/// The base of every failure that a user is told about. Its concrete types are the error map: each has one stable
/// id (the FullyQualifiedErrorId's first part), a kind, a target and the action that mends it.
/// </summary>
public abstract class BaseImageException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="message">What went wrong and where, in one sentence that names the file or object.</param>
    /// <param name="target">What it went wrong with: a path, a reference, a package.</param>
    /// <param name="recommendedAction">What to do, in one sentence.</param>
    /// <param name="inner">The cause.</param>
    protected BaseImageException(string message, object? target, string recommendedAction, Exception? inner = null)
        : base(message, inner)
        => (Target, RecommendedAction) = (target, recommendedAction);

    /// <summary>The stable id, for instance <c>DefinitionInvalid</c>. Never reused, never renamed.</summary>
    public abstract string ErrorId { get; }

    /// <summary>What sort of failure it is.</summary>
    public abstract ErrorKind Kind { get; }

    /// <summary>What it went wrong with.</summary>
    public object? Target { get; }

    /// <summary>What the user should do.</summary>
    public string RecommendedAction { get; }
}
