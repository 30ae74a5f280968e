using System.Security;
using System.Security.Cryptography.X509Certificates;

namespace BaseImage.Ports;

/// <summary>Where a private key to sign with comes from. Exactly one of path, thumbprint and certificate says so.</summary>
public sealed record SigningKeySource
{
    /// <summary>The full path of a PFX file, or of a PEM file with one private key and perhaps its certificates; null for none.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The SHA-1 or SHA-256 thumbprint of a certificate in the user's or the machine's store, as hexadecimal; null for none.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>A certificate with its private key; null for none. It stays its owner's to dispose.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The full paths of files with certificates, PEM or DER: the key's own and those that lead to its root, in any order.</summary>
    public IReadOnlyList<string> CertificatePaths { get; init; } = [];

    /// <summary>The password of the key's file; null for none.</summary>
    public SecureString? Password { get; init; }

    /// <summary>What errors call it. A password is never part of it.</summary>
    public override string ToString() => KeyPath ?? Thumbprint ?? Certificate?.Subject ?? "";
}
