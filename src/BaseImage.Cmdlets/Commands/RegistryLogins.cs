using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Credentials as parameters have them, and as registries are shown them.</summary>
internal static class RegistryLogins
{
    /// <summary>A parameter's credential; null for none given.</summary>
    internal static RegistryLogin? Of(PSCredential? credential)
        => credential is null || credential == PSCredential.Empty ? null : new RegistryLogin(credential.UserName, credential.GetNetworkCredential().Password);

    /// <summary>
    /// Tags as a registry can have them: engines and stores put the name before them, and some have names that are no tags.
    /// What has no colon is taken as it is, so that a mistake is told.
    /// </summary>
    internal static string[] Tags(IEnumerable<string> tags)
        => [.. tags.Select(tag => (Whole: tag, Tag: tag[(tag.LastIndexOf(':') + 1)..]))
            .Where(pair => pair.Whole.Length == pair.Tag.Length || ImageReference.TryParse($"docker://any.test/any:{pair.Tag}", out _))
            .Select(pair => pair.Tag).Distinct(StringComparer.Ordinal)];
}
