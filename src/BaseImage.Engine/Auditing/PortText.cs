using System.Globalization;

namespace BaseImage.Engine.Auditing;

/// <summary>Reads exposed ports: <c>80</c>, <c>80/tcp</c> (OCI Image Specification 1.1, config.md, ExposedPorts).</summary>
internal static class PortText
{
    /// <summary>The number, 0 for what is none, and the protocol in lower case.</summary>
    public static (int Number, string Protocol) Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string number = slash < 0 ? text : text[..slash];
        return (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0, slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant());
    }
}
