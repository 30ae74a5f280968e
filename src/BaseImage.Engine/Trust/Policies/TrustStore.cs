using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Policies;

/// <summary>
/// The certificates of a trust store's folder, <c>x509/KIND/NAME</c>. Source: Notary Project trust store and trust policy
/// specification, "Trust Store".
/// </summary>
/// <param name="root">The folder that has <c>x509</c> in it.</param>
internal sealed class TrustStore(string root)
{
    private const int MaxFiles = 10_000;

    /// <summary>The certificates of some named stores of one kind.</summary>
    /// <exception cref="TrustStoreInvalidException">One is missing, empty, a link, or has something in it that is no certificate of an authority or of a self-signed signer.</exception>
    internal async Task<IReadOnlyList<X509Certificate2>> ReadAsync(string kind, IEnumerable<(string Kind, string Name)> stores, CancellationToken cancellationToken)
    {
        List<X509Certificate2> found = [];
        foreach ((_, string name) in stores.Where(store => store.Kind == kind))
        {
            found.AddRange(await ReadOneAsync(Path.Combine(root, "x509", kind, name), kind, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }

    private static async Task<IReadOnlyList<X509Certificate2>> ReadOneAsync(string folder, string kind, CancellationToken cancellationToken)
    {
        List<X509Certificate2> found = [];
        foreach (FileSystemInfo entry in Entries(folder))
        {
            if (entry is DirectoryInfo || entry.LinkTarget is not null)
            {
                throw new TrustStoreInvalidException(folder, $"has '{entry.Name}' in it, which is a {(entry.LinkTarget is not null ? "link" : "folder")}");
            }

            IReadOnlyList<X509Certificate2> certificates;
            try
            {
                certificates = await CertificateFile.ReadAsync(entry.FullName, cancellationToken).ConfigureAwait(false);
            }
            catch (BaseImageException e) when (e is KeyInvalidException or PathNotFoundException)
            {
                throw new TrustStoreInvalidException(folder, $"has '{entry.Name}' in it, which is not a file of certificates: {e.Message}", e);
            }

            foreach (X509Certificate2 certificate in certificates)
            {
                bool isOwn = CertificateLinks.Issued(certificate, certificate);
                if (kind == "tsa" ? !isOwn || !IsAuthority(certificate) : !isOwn && !IsAuthority(certificate))
                {
                    throw new TrustStoreInvalidException(folder, $"has '{entry.Name}' in it, whose certificate '{certificate.Subject}' is not {(kind == "tsa" ? "a root's" : "an authority's and not self-signed")}");
                }

                found.Add(certificate);
            }
        }

        return found.Count > 0 ? found : throw new TrustStoreInvalidException(folder, "has no certificate in it");
    }

    private static bool IsAuthority(X509Certificate2 certificate)
    {
        try
        {
            return certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }

    private static IReadOnlyList<FileSystemInfo> Entries(string path)
    {
        try
        {
            DirectoryInfo folder = new(path);
            if (!folder.Exists || folder.LinkTarget is not null)
            {
                throw new TrustStoreInvalidException(path, folder.LinkTarget is not null ? "is a link, which trust stores must not be" : "does not exist");
            }

            FileSystemInfo[] entries = [.. folder.EnumerateFileSystemInfos().Take(MaxFiles + 1).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
            return entries.Length <= MaxFiles ? entries : throw new TrustStoreInvalidException(path, $"has more than {MaxFiles} files in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustStoreInvalidException(path, $"cannot be read: {e.Message}", e);
        }
    }
}
