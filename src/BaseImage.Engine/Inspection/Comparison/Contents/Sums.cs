using System.Security.Cryptography;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Digests of contents.</summary>
internal static class Sums
{
    /// <summary>SHA-256 in hexadecimal digits.</summary>
    internal static string Of(ContentView view)
    {
        using Stream stream = view.Open();
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
