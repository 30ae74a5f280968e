using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>Finds what an image's signatures and attestations are judged by.</summary>
internal static class ImageTrust
{
    /// <summary>Reads it.</summary>
    /// <returns>Null, and why in one sentence, where no statement of the policy is for the image.</returns>
    /// <exception cref="ImageReferenceInvalidException">The scope that is asked for is no repository.</exception>
    /// <exception cref="BaseImageException">Policy, store, key or list cannot be read.</exception>
    internal static async Task<(TrustAnchors? Anchors, string Problem)> ReadAsync(TrustRequest trust, ImageReference reference, CancellationToken cancellationToken)
    {
        if (trust.Scope is { } given && !TrustPolicyReader.IsScope(given))
        {
            throw new ImageReferenceInvalidException(given, "it is not a repository as host/name, without tag and digest");
        }

        string? scope = trust.Scope ?? ImageScope.Of(reference);
        return await TrustAnchors.ReadAsync(trust, scope, cancellationToken).ConfigureAwait(false) is { } anchors ? (anchors, "")
            : (null, scope is null ? "No statement of the trust policy is for every image ('*'), and this one lies in no repository: name one with -Scope." : $"No statement of the trust policy is for '{scope}'.");
    }
}
