using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>Masks secrets for those who show an image without auditing it.</summary>
internal sealed class SecretMask : IMaskSecrets
{
    // What is longer than any variable that a kernel takes is cut, and so never shown unlooked at.
    private const int MaxChars = 128 << 10;

    /// <inheritdoc/>
    public string Mask(string text) => NamedSecrets.Mask(SecretText.MaskAll(text.Length > MaxChars ? text[..MaxChars] : text));
}
