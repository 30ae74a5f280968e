namespace BaseImage.Engine.Packages;

/// <summary>Why one mirror did not give one file.</summary>
internal enum MirrorFailureKind
{
    /// <summary>It does not have it.</summary>
    NotFound,

    /// <summary>It gave something else.</summary>
    Mismatch,

    /// <summary>It could not be asked, or broke off; asking again may help.</summary>
    Transient,

    /// <summary>It refuses; asking again does not help.</summary>
    Refused,
}

/// <summary>One mirror did not give one file. Never leaves the client: what a user is told names every mirror tried.</summary>
internal sealed class MirrorFailureException(MirrorFailureKind kind, string problem, TimeSpan? retryAfter = null, bool unconnected = false) : Exception(problem)
{
    /// <summary>Why.</summary>
    public MirrorFailureKind Kind { get; } = kind;

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True where no connection could be opened at all.</summary>
    public bool Unconnected { get; } = unconnected;
}
