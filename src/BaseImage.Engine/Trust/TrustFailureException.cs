namespace BaseImage.Engine.Trust;

/// <summary>
/// Why a signature is not trusted. It never leaves this room: verifying turns it into a result's status and message, so that
/// every place that finds something wrong says exactly what in one line.
/// </summary>
internal sealed class TrustFailureException(SignatureStatus status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What is in the way.</summary>
    internal SignatureStatus Status { get; } = status;
}
