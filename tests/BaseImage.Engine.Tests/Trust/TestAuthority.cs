using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>A certificate with its key, and the authority over it: what tests sign with.</summary>
/// <param name="Certificate">The certificate, without its key.</param>
/// <param name="Key">Its private key.</param>
/// <param name="Issuer">Who issued it; null for a root.</param>
internal sealed record TestAuthority(X509Certificate2 Certificate, AsymmetricAlgorithm Key, TestAuthority? Issuer)
{
    /// <summary>A day at which everything made here is valid by default.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>This certificate and those over it.</summary>
    public IReadOnlyList<X509Certificate2> Chain => [Certificate, .. Issuer?.Chain ?? []];

    /// <summary>A root.</summary>
    public static TestAuthority Root(string subject = "C=XX, ST=Test, O=Example, CN=Root", string key = "P-256", Action<TestCertificate>? change = null)
        => Make(null, subject, key, new TestCertificate { IsAuthority = true, KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign }, change);

    /// <summary>An authority below this one.</summary>
    public TestAuthority Intermediate(string subject = "C=XX, ST=Test, O=Example, CN=Intermediate", string key = "P-256", Action<TestCertificate>? change = null)
        => Make(this, subject, key, new TestCertificate { IsAuthority = true, KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign }, change);

    /// <summary>A certificate to sign with.</summary>
    public TestAuthority Leaf(string subject = "C=XX, ST=Test, O=Example, CN=Signer", string key = "P-256", Action<TestCertificate>? change = null)
        => Make(this, subject, key, new TestCertificate { KeyUsage = X509KeyUsageFlags.DigitalSignature, Purposes = ["1.3.6.1.5.5.7.3.3"] }, change);

    /// <summary>A certificate to sign with that nobody but itself vouches for.</summary>
    public static TestAuthority SelfSigned(string subject = "C=XX, ST=Test, O=Example, CN=Alone", string key = "P-256", Action<TestCertificate>? change = null)
        => Make(null, subject, key, new TestCertificate { KeyUsage = X509KeyUsageFlags.DigitalSignature, Purposes = ["1.3.6.1.5.5.7.3.3"] }, change);

    /// <summary>A bundle's material as sigstore's authority makes it for a log-in.</summary>
    public static Newtonsoft.Json.Linq.JObject KeylessMaterial() => new()
    {
        ["certificate"] = new Newtonsoft.Json.Linq.JObject
        {
            ["rawBytes"] = Convert.ToBase64String(Root().Leaf(change: c => c.More.Add(new X509Extension("1.3.6.1.4.1.57264.1.8", [0x0C, 0x01, (byte)'x'], false))).Certificate.RawData),
        },
    };

    /// <summary>A key of a name as <c>P-384</c> or <c>RSA-3072</c>.</summary>
    public static AsymmetricAlgorithm NewKey(string name) => name switch
    {
        "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        "brainpool" => ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1),
        _ => RSA.Create(int.Parse(name["RSA-".Length..], System.Globalization.CultureInfo.InvariantCulture)),
    };

    /// <summary>The key with its chain, to sign with.</summary>
    public SigningKey SigningKey(bool withChain = true) => new(Copy(Key), withChain ? [.. Chain.Select(one => X509CertificateLoader.LoadCertificate(one.RawData))] : [], Certificate.Subject);

    /// <summary>The private key as PEM.</summary>
    public string KeyPem => Key.ExportPkcs8PrivateKeyPem();

    /// <summary>The chain as PEM.</summary>
    public string ChainPem => string.Join('\n', Chain.Select(one => one.ExportCertificatePem())) + "\n";

    /// <summary>The certificate with its key.</summary>
    public X509Certificate2 WithKey() => Key switch
    {
        RSA rsa => Certificate.CopyWithPrivateKey(rsa),
        ECDsa ec => Certificate.CopyWithPrivateKey(ec),
        _ => throw new NotSupportedException(),
    };

    private static AsymmetricAlgorithm Copy(AsymmetricAlgorithm key)
    {
        AsymmetricAlgorithm copy = key is RSA ? RSA.Create() : ECDsa.Create();
        copy.ImportPkcs8PrivateKey(key.ExportPkcs8PrivateKey(), out _);
        return copy;
    }

    private static TestAuthority Make(TestAuthority? issuer, string subject, string keyName, TestCertificate shape, Action<TestCertificate>? change)
    {
        change?.Invoke(shape);
        AsymmetricAlgorithm key = NewKey(keyName);
        X500DistinguishedName name = new(subject);
        CertificateRequest request = key switch
        {
            RSA rsa => new CertificateRequest(name, rsa, shape.Hash, RSASignaturePadding.Pkcs1),
            ECDsa ec => new CertificateRequest(name, ec, shape.Hash == HashAlgorithmName.SHA1 ? HashAlgorithmName.SHA256 : shape.Hash),
            _ => throw new NotSupportedException(),
        };
        shape.Apply(request);
        X509SignatureGenerator generator = (issuer?.Key ?? key) switch
        {
            RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
            ECDsa ec when shape.Hash == HashAlgorithmName.SHA1 => new Sha1Generator(ec),
            ECDsa ec => X509SignatureGenerator.CreateForECDsa(ec),
            _ => throw new NotSupportedException(),
        };
        X509Certificate2 certificate = request.Create(issuer?.Certificate.SubjectName ?? name, generator, shape.NotBefore, shape.NotAfter, shape.Serial);
        return new TestAuthority(certificate, key, issuer);
    }
}

/// <summary>ECDSA with SHA-1, which .NET no longer signs certificates with.</summary>
internal sealed class Sha1Generator(ECDsa key) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => [0x30, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01];

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);

    protected override PublicKey BuildPublicKey() => new(key);
}

/// <summary>What a certificate of a test says, before it is signed.</summary>
internal sealed class TestCertificate
{
    public bool IsAuthority { get; set; }

    public bool HasBasicConstraints { get; set; } = true;

    public bool IsBasicConstraintsCritical { get; set; } = true;

    public int? PathLength { get; set; }

    public X509KeyUsageFlags? KeyUsage { get; set; }

    public bool IsKeyUsageCritical { get; set; } = true;

    public string[] Purposes { get; set; } = [];

    public bool IsPurposeCritical { get; set; }

    public DateTimeOffset NotBefore { get; set; } = TestAuthority.Now.AddYears(-1);

    public DateTimeOffset NotAfter { get; set; } = TestAuthority.Now.AddYears(5);

    public HashAlgorithmName Hash { get; set; } = HashAlgorithmName.SHA256;

    public byte[] Serial { get; set; } = [0x40, .. RandomNumberGenerator.GetBytes(15)];

    public List<X509Extension> More { get; } = [];

    public void Apply(CertificateRequest request)
    {
        if (HasBasicConstraints)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(IsAuthority, PathLength is not null, PathLength ?? 0, IsBasicConstraintsCritical));
        }

        if (KeyUsage is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, IsKeyUsageCritical));
        }

        if (Purposes.Length > 0)
        {
            OidCollection purposes = [];
            foreach (string purpose in Purposes)
            {
                purposes.Add(new Oid(purpose));
            }

            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, IsPurposeCritical));
        }

        More.ForEach(request.CertificateExtensions.Add);
    }
}
