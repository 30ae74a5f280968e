using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// Whom one trusts to be a host, and as whom one shows oneself there: the system's authorities, those of the settings, and
/// the files of certs.d. Sources: Docker, "Verify repository client with certificates"; containers-certs.d(5): <c>*.crt</c> are
/// authorities, <c>NAME.cert</c> and <c>NAME.key</c> a certificate to show.
/// </summary>
internal sealed class RegistryTls
{
    private const int MaxFileBytes = 4 << 20;

    private readonly X509Certificate2Collection _authorities;
    private readonly X509Certificate2Collection _own;
    private readonly bool _anyone;
    private volatile bool _met;
    private volatile bool _asked;

    private RegistryTls(X509Certificate2Collection authorities, X509Certificate2Collection own, bool anyone)
        => (_authorities, _own, _anyone) = (authorities, own, anyone);

    /// <summary>True once a server has shown a certificate, and so speaks TLS.</summary>
    internal bool HasMet => _met;

    /// <summary>Why the last certificate was not taken; empty for none.</summary>
    internal string Refusal { get; private set; } = "";

    /// <summary>Why a connection may have been closed by a server that asked for a certificate of ours; empty where it did not ask.</summary>
    internal string Unmet => !_asked ? "" : _own.Count == 0 ? "it asks for a certificate of whoever connects, and none is set for it"
        : "it does not let in whoever shows the certificate that is set for it";

    /// <summary>Reads what there is for a host.</summary>
    /// <param name="host">The host, with its port where that is not the usual one.</param>
    /// <param name="settings">What the settings say of it.</param>
    /// <param name="environment">Where certs.d is.</param>
    /// <exception cref="RegistrySettingsInvalidException">A file is not what it should be.</exception>
    internal static RegistryTls For(string host, RegistrySettings settings, RegistryEnvironment environment)
    {
        X509Certificate2Collection authorities = [], own = [];
        foreach (string file in settings.CertificateAuthorities)
        {
            AddAuthorities(authorities, file);
        }

        if (settings is { ClientCertificate: { } certificate, ClientKey: { } key })
        {
            own.Add(Pair(certificate, key));
        }

        // ':' cannot stand in a folder's name on Windows, where Docker leaves it out.
        string name = OperatingSystem.IsWindows() ? host.Replace(":", "", StringComparison.Ordinal) : host;
        foreach (string folder in environment.CertificateFolders.Select(root => Path.Combine(root, name)).Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                if (file.EndsWith(".crt", StringComparison.Ordinal))
                {
                    AddAuthorities(authorities, file);
                }
                else if (file.EndsWith(".cert", StringComparison.Ordinal) && own.Count == 0)
                {
                    string keyFile = Path.ChangeExtension(file, ".key");
                    own.Add(File.Exists(keyFile) ? Pair(file, keyFile)
                        : throw new RegistrySettingsInvalidException(file, "it has no key beside it", $"Put the key there as '{Path.GetFileName(keyFile)}', or take the certificate away; authorities end in .crt."));
                }
            }
        }

        return new RegistryTls(authorities, own, settings.Insecure);
    }

    /// <summary>For a handler of HTTP.</summary>
    internal SslClientAuthenticationOptions Options()
    {
        SslClientAuthenticationOptions options = new() { RemoteCertificateValidationCallback = (_, certificate, chain, problems) => Accept(certificate as X509Certificate2, chain, problems) };
        if (_own.Count > 0)
        {
            options.ClientCertificates = _own;
        }

        // The runtime asks before it has heard the server too, whose certificate is null then: what is not given then is asked for
        // again when the server wants it, and only so does one learn that it does.
        options.LocalCertificateSelectionCallback = (_, _, _, theirs, _) =>
        {
            _asked |= theirs is not null;
            return theirs is not null && _own.Count > 0 ? _own[0] : null!;
        };
        return options;
    }

    private bool Accept(X509Certificate2? certificate, X509Chain? presented, SslPolicyErrors problems)
    {
        _met = true;
        Refusal = "";
        if (problems == SslPolicyErrors.None || _anyone || IsOurs(certificate, presented, problems))
        {
            return true;
        }

        Refusal = certificate is null ? "it shows no certificate"
            : problems.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "its certificate is for another name"
            : "its certificate is signed by nobody who is trusted, or is out of date";
        return false;
    }

    private bool IsOurs(X509Certificate2? certificate, X509Chain? presented, SslPolicyErrors problems)
    {
        if (certificate is null || problems != SslPolicyErrors.RemoteCertificateChainErrors || _authorities.Count == 0)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        return chain.Build(certificate);
    }

    private static void AddAuthorities(X509Certificate2Collection authorities, string file)
    {
        int before = authorities.Count;
        try
        {
            authorities.ImportFromPem(Text(file));
        }
        catch (CryptographicException e)
        {
            throw Unreadable(file, "it holds no certificates in PEM", e);
        }

        if (authorities.Count == before)
        {
            throw Unreadable(file, "it holds no certificate in PEM", null);
        }
    }

    private static X509Certificate2 Pair(string certificate, string key)
    {
        try
        {
            X509Certificate2 pair = X509Certificate2.CreateFromPem(Text(certificate), Text(key));
            if (!OperatingSystem.IsWindows())
            {
                return pair;
            }

            // Windows' TLS takes keys of its own store alone.
            using (pair)
            {
                return new X509Certificate2(pair.Export(X509ContentType.Pkcs12));
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Unreadable(certificate, $"it and '{key}' are no certificate and its key in PEM, without a password", e);
        }
    }

    private static string Text(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: > MaxFileBytes } ? throw Unreadable(file, "it is too large for certificates", null) : File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, "it cannot be read", e);
        }
    }

    private static RegistrySettingsInvalidException Unreadable(string file, string problem, Exception? inner)
        => new(file, problem, "Give a file that can be read and begins with -----BEGIN CERTIFICATE-----.", inner);
}
