using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Signing;

/// <summary>What came of verifying an image's signatures.</summary>
internal sealed record SignatureFacts
{
    /// <summary>The result; null where nothing was verified.</summary>
    public SignatureResult? Result { get; init; }

    /// <summary>Why nothing was verified, in one sentence; empty where something was.</summary>
    public string Skipped { get; init; } = "";

    /// <summary>Why verifying failed; null where it did not.</summary>
    public BaseImageException? Failure { get; init; }
}
