using System.Text;

namespace BaseImage.Engine.Auditing;

/// <summary>Names a finding so that it keeps its name from build to build.</summary>
internal static class Fingerprint
{
    private const int Length = 32;

    /// <summary>
    /// 32 hexadecimal digits of the SHA-256 of the rule's id, the image's name (no tag, no digest), the path and the
    /// finding's key. The platform does not count: what holds on one holds on the other.
    /// </summary>
    public static string Of(string rule, string imageName, string path, string key)
        => Digest.Of(Encoding.UTF8.GetBytes(string.Join('\0', rule, imageName, path, key))).Hex[..Length];
}
