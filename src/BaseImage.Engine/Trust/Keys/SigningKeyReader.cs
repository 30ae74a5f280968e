using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>Finds private keys: in PFX and PEM files, in certificate stores, in certificates that the pipeline brings.</summary>
internal static class SigningKeyReader
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";

    /// <summary>Finds a key.</summary>
    internal static async Task<SigningKey> OpenAsync(SigningKeySource source, CancellationToken cancellationToken)
    {
        List<X509Certificate2> given = [];
        foreach (string path in source.CertificatePaths)
        {
            given.AddRange(await CertificateFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        if (source.Certificate is { } certificate)
        {
            return OfCertificate(certificate, given, certificate.Subject);
        }

        if (source.Thumbprint is { } thumbprint)
        {
            return OfStore(thumbprint, given);
        }

        string file = source.KeyPath ?? throw new ArgumentException("No key is named.", nameof(source));
        byte[] bytes = await KeyFile.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        try
        {
            using Secret password = Secret.Of(source.Password);
            return PemFile.IsPem(bytes) ? OfPem(bytes, file, password, source.Password is not null, given) : OfPfx(bytes, file, password, source.Password is not null, given);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static SigningKey OfPem(byte[] bytes, string name, Secret password, bool hasPassword, List<X509Certificate2> given)
    {
        AsymmetricAlgorithm? key = null;
        foreach (PemBlock block in PemFile.Read(bytes, name))
        {
            if (block.Label == PemFile.Certificate)
            {
                given.Add(CertificateFile.Der(block.Content, name));
            }
            else if (block.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                try
                {
                    if (key is not null)
                    {
                        key.Dispose();
                        throw new KeyInvalidException(name, "has more than one private key");
                    }

                    key = PrivateKey(block, name, password, hasPassword);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(block.Content);
                }
            }
        }

        return WithChain(key ?? throw new SigningKeyNotFoundException(name, "the file has no private key"), given, name);
    }

    private static AsymmetricAlgorithm PrivateKey(PemBlock block, string name, Secret password, bool hasPassword)
    {
        switch (block.Label)
        {
            case "PRIVATE KEY":
                return Imported(name, () => Decoded(Pkcs8PrivateKeyInfo.Decode(block.Content, out _, skipCopy: true), name));
            case "ENCRYPTED PRIVATE KEY":
                Pkcs8PrivateKeyInfo opened;
                try
                {
                    opened = Pkcs8PrivateKeyInfo.DecryptAndDecode(password.Characters, block.Content, out _);
                }
                catch (CryptographicException e)
                {
                    throw new KeyPasswordInvalidException(name, hasPassword, e);
                }

                return Imported(name, () => Decoded(opened, name));
            case "RSA PRIVATE KEY":
                return Imported(name, () => With(RSA.Create(), rsa => rsa.ImportRSAPrivateKey(block.Content, out _)));
            case "EC PRIVATE KEY":
                return Imported(name, () => With(ECDsa.Create(), ec => ec.ImportECPrivateKey(block.Content, out _)));
            case "ENCRYPTED SIGSTORE PRIVATE KEY" or "ENCRYPTED COSIGN PRIVATE KEY":
                byte[] pkcs8 = CosignKeyFile.Decrypt(block.Content, name, password, hasPassword);
                try
                {
                    return Imported(name, () => Decoded(Pkcs8PrivateKeyInfo.Decode(pkcs8, out _, skipCopy: true), name));
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(pkcs8);
                }

            default:
                throw new KeyNotSupportedException(name, $"a private key of the form '{block.Label}'");
        }
    }

    private static AsymmetricAlgorithm Decoded(Pkcs8PrivateKeyInfo info, string name)
    {
        byte[] encoded = info.Encode();
        try
        {
            return info.AlgorithmId.Value switch
            {
                RsaOid => With(RSA.Create(), rsa => rsa.ImportPkcs8PrivateKey(encoded, out _)),
                EcOid => With(ECDsa.Create(), ec => ec.ImportPkcs8PrivateKey(encoded, out _)),
                _ => throw new KeyNotSupportedException(name, $"a private key of another kind ({info.AlgorithmId.FriendlyName ?? info.AlgorithmId.Value})"),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
        }
    }

    private static SigningKey OfPfx(byte[] bytes, string name, Secret password, bool hasPassword, List<X509Certificate2> given)
    {
        X509Certificate2Collection found = [];
        try
        {
            // In memory alone where the system can: macOS has no such keys.
            found.Import(bytes, password.Characters, OperatingSystem.IsMacOS() ? X509KeyStorageFlags.Exportable : X509KeyStorageFlags.EphemeralKeySet);
        }
        catch (CryptographicException e)
        {
            throw IsPfx(bytes) ? new KeyPasswordInvalidException(name, hasPassword, e) : new KeyInvalidException(name, "is neither a PFX file nor PEM text", e);
        }

        X509Certificate2[] withKey = [.. found.Where(one => one.HasPrivateKey)];
        return withKey.Length == 1 ? OfCertificate(withKey[0], [.. given, .. found], name)
            : throw new SigningKeyNotFoundException(name, withKey.Length == 0 ? "the file has no certificate with a private key" : "the file has several certificates with a private key, and which is meant is not said");
    }

    private static bool IsPfx(byte[] bytes)
    {
        try
        {
            Pkcs12Info.Decode(bytes, out _, skipCopy: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static SigningKey OfStore(string thumbprint, List<X509Certificate2> given)
    {
        string hex = new([.. thumbprint.Where(char.IsAsciiHexDigit)]);
        if (hex.Length is not (40 or 64) || thumbprint.Any(c => !char.IsAsciiHexDigit(c) && c is not (' ' or ':')))
        {
            throw new KeyInvalidException(thumbprint, "is not a thumbprint: 40 hexadecimal digits of SHA-1, or 64 of SHA-256");
        }

        bool known = false;
        foreach (StoreLocation location in new[] { StoreLocation.CurrentUser, StoreLocation.LocalMachine })
        {
            using X509Store store = new(StoreName.My, location);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            }
            catch (CryptographicException)
            {
                // This account has no such store, or the system has none for machines.
                continue;
            }

            foreach (X509Certificate2 certificate in store.Certificates)
            {
                bool same = string.Equals(hex, hex.Length == 40 ? certificate.Thumbprint : certificate.GetCertHashString(HashAlgorithmName.SHA256), StringComparison.OrdinalIgnoreCase);
                known |= same;
                if (same && certificate.HasPrivateKey)
                {
                    return OfCertificate(certificate, [.. given, .. Authorities(location)], certificate.Subject);
                }

                certificate.Dispose();
            }
        }

        throw new SigningKeyNotFoundException(thumbprint, known ? "the certificate is in the store without its private key" : "no certificate of the store has this thumbprint");
    }

    // What may lie between the key's certificate and its root. Being there trusts nothing; it only completes a chain.
    private static List<X509Certificate2> Authorities(StoreLocation location)
    {
        List<X509Certificate2> found = [];
        foreach (StoreName name in new[] { StoreName.CertificateAuthority, StoreName.Root })
        {
            using X509Store store = new(name, location);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
                found.AddRange(store.Certificates);
            }
            catch (CryptographicException)
            {
                continue;
            }
        }

        return found;
    }

    private static SigningKey OfCertificate(X509Certificate2 certificate, List<X509Certificate2> pool, string name)
    {
        try
        {
            AsymmetricAlgorithm? key = certificate.GetRSAPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey();
            X509Certificate2 own = new(certificate.RawData);
            return WithChain(key ?? throw new SigningKeyNotFoundException(name, "the certificate has no private key of RSA or an elliptic curve that this account may use"), [own, .. pool], name);
        }
        catch (CryptographicException e)
        {
            throw new SigningKeyNotFoundException(name, $"its private key cannot be used: {e.Message}", e);
        }
    }

    // A file may hold certificates of others too; only those that lead from the key's own to its root belong to it.
    private static SigningKey WithChain(AsymmetricAlgorithm key, List<X509Certificate2> pool, string name)
    {
        try
        {
            if (pool.Count == 0)
            {
                return new SigningKey(key, [], name);
            }

            byte[] spki = key.ExportSubjectPublicKeyInfo();
            X509Certificate2 leaf = pool.Find(certificate => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(spki))
                ?? throw new KeyInvalidException(name, "has a private key that none of the certificates is for");
            return new SigningKey(key, CertificateLinks.From(leaf, pool), name);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static AsymmetricAlgorithm Imported(string name, Func<AsymmetricAlgorithm> import)
    {
        try
        {
            return import();
        }
        catch (CryptographicException e)
        {
            throw new KeyInvalidException(name, "has a private key that cannot be read", e);
        }
    }

    private static T With<T>(T key, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
