using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that hold images against a trust policy.</summary>
public abstract class VerifyingCmdlet : ImageCmdlet
{
    /// <summary>
    /// The trust policy, as Notation has it. Without it that of the user: trustpolicy.oci.json or trustpolicy.json in the folder
    /// that NOTATION_CONFIG names, else in notation in the user's configuration folder.
    /// </summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? TrustPolicyPath { get; set; }

    /// <summary>The trust store, the folder that has x509 in it. Without it truststore beside the trust policy.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? TrustStorePath { get; set; }
}
