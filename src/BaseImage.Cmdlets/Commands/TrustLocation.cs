using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>What is trusted, as parameters name it.</summary>
internal static class TrustLocation
{
    /// <summary>Reads them; null where neither is given, and Notation's own holds.</summary>
    /// <exception cref="Errors.PathNotFoundException">One leads nowhere.</exception>
    internal static TrustRequest? Of(SessionPaths paths, string? policy, string? store)
        => policy is null && store is null ? null : new TrustRequest
        {
            PolicyPath = policy is null ? null : paths.Existing(policy)[0],
            StorePath = store is null ? null : paths.Existing(store)[0],
        };
}
