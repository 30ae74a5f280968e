namespace BaseImage.Ports;

/// <summary>Makes text from images fit for a screen.</summary>
public interface IMaskSecrets
{
    /// <summary>The text with every secret of a known form, and every value that its name says is one, masked as an audit's findings are.</summary>
    string Mask(string text);
}
