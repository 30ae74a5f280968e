using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that may sign what they put beside images: the key, named in one of three ways.</summary>
public abstract class SigningCmdlet : ImageCmdlet
{
    /// <summary>
    /// A file with the private key to sign with: PFX, PEM (encrypted too) or cosign's own. A PEM file may have the certificates too.
    /// </summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The key to sign with, by the SHA-1 or SHA-256 thumbprint of its certificate in the user's or the machine's store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Thumbprint { get; set; }

    /// <summary>The key to sign with: a certificate with its private key.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Files of certificates, PEM or DER: the key's own and those that lead to its root, in any order.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] CertificatePath { get; set; } = [];

    /// <summary>The password of the key's file.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Password { get; set; }

    /// <summary>A credential whose password is that of the key's file.</summary>
    [Parameter]
    [Credential]
    public PSCredential? KeyCredential { get; set; }

    /// <summary>How many keys are named.</summary>
    private protected int Keys => (KeyPath is null ? 0 : 1) + (Thumbprint is null ? 0 : 1) + (Certificate is null ? 0 : 1);

    /// <summary>The key that is named.</summary>
    /// <exception cref="Errors.PathNotFoundException">A file is not there.</exception>
    private protected SigningKeySource NamedKey() => new()
    {
        KeyPath = KeyPath is null ? null : Paths.Existing(KeyPath)[0],
        Thumbprint = Thumbprint,
        Certificate = Certificate,
        CertificatePaths = [.. CertificatePath.SelectMany(Paths.Existing)],
        Password = Password ?? KeyCredential?.Password,
    };
}
