namespace BaseImage.Engine.Trust.Verification;

/// <summary>The repository that statements of a trust policy are chosen by.</summary>
internal static class ImageScope
{
    /// <summary>An image's repository, fully qualified; null for an image that lies in none.</summary>
    internal static string? Of(ImageReference reference)
    {
        if (reference.Transport is not ImageTransport.Registry)
        {
            return null;
        }

        int slash = reference.Name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : reference.Name[..slash];
        bool hasHost = first == "localhost" || first.AsSpan().ContainsAny(".:");
        return hasHost ? reference.Name : slash < 0 ? $"docker.io/library/{reference.Name}" : $"docker.io/{reference.Name}";
    }
}
