using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>
/// The test data that the Notary Project publishes with notation-go and notation-core-go, read from where .ci/peers unpacks it:
/// every envelope, timestamp, certificate, list and trust store in it has an expectation here, and none is left out.
/// </summary>
public sealed partial class NotationVectorTests : IDisposable
{
    private const string Mock = "notation-go/internal/mock/testdata/";
    private const string Stamped = "notation-go/verifier/testdata/timestamp/sigEnv/";
    private const string Tokens = "notation-go/verifier/testdata/timestamp/countersignature/";
    private const string Store = "notation-go/verifier/testdata/truststore/";
    private const string Names = "notation-go/verifier/testdata/verifier/";
    private const string Lists = "notation-core-go/revocation/crl/testdata/";
    private const string Certificates = "notation-core-go/x509/testdata/";
    private const string JwsForm = "notation-core-go/signature/jws/testdata/conformance.json";
    private const string CoseForm = "notation-core-go/signature/cose/testdata/conformance.json";

    // Every envelope, judged strictly with the published store's authorities; timestamps are not asked for.
    private static readonly Dictionary<string, Vector> Envelopes = new(StringComparer.Ordinal)
    {
        [Mock + "ca_valid_sig_env.json"] = new(SignatureStatus.Trusted),
        [Mock + "sa_valid_sig_env.json"] = new(SignatureStatus.Trusted),
        [Mock + "ca_expired_sig_env.json"] = new(SignatureStatus.SignatureExpired),
        [Mock + "sa_expired_sig_env.json"] = new(SignatureStatus.SignatureExpired),

        // The payload's last character was changed, so that its Base64 has bits that belong to no byte.
        [Mock + "ca_invalid_sig_env.json"] = new(SignatureStatus.Malformed, Holds: false),
        [Mock + "sa_invalid_sig_env.json"] = new(SignatureStatus.Malformed, Holds: false),

        // Good, but a plugin is to have the last word (and of these two a critical attribute is unknown); plugins are not run.
        [Mock + "ca_plugin_sig_env.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "sa_plugin_sig_env.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_compatible_pluginver_sig_env_0.0.9.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_compatible_pluginver_sig_env_1.0.0-alpha.beta.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_compatible_pluginver_sig_env_1.0.0-alpha.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_compatible_pluginver_sig_env_1.0.0.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_incompatible_pluginver_sig_env_1.0.1.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_incompatible_pluginver_sig_env_1.0.9.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_incompatible_pluginver_sig_env_1.1.0-alpha.json"] = new(SignatureStatus.UnsupportedAttribute),
        [Mock + "ca_incompatible_pluginver_sig_env_1.2.3.json"] = new(SignatureStatus.UnsupportedAttribute),

        // Its certificate was good for one day and is in no published store.
        [Mock + "sig_env_with_metadata.json"] = new(SignatureStatus.Trusted, IsOwnRoot: true, At: "2023-01-11T18:30:00Z"),
        ["notation-go/internal/testdata/jws_signature.sig"] = new(SignatureStatus.Trusted, IsOwnRoot: true),
        ["notation-go/internal/testdata/cose_signature.sig"] = new(SignatureStatus.Trusted, IsOwnRoot: true),
        [Stamped + "withoutTimestamp.sig"] = new(SignatureStatus.Trusted),
        [Stamped + "jwsWithTimestamp.sig"] = new(SignatureStatus.Trusted),
        [Stamped + "coseWithTimestamp.sig"] = new(SignatureStatus.Trusted),
        [Stamped + "jwsExpiredWithTimestamp.sig"] = new(SignatureStatus.CertificateExpired, IsOwnRoot: true),
        [Stamped + "coseExpiredWithTimestamp.sig"] = new(SignatureStatus.CertificateExpired, IsOwnRoot: true),
        [Stamped + "timestampBeforeNotBefore.sig"] = new(SignatureStatus.CertificateNotYetValid),
        [Stamped + "timestampAfterNotAfter.sig"] = new(SignatureStatus.CertificateExpired, IsOwnRoot: true),

        // Published without certificates: what they show is how headers are written.
        [JwsForm] = new(SignatureStatus.ChainBroken, Holds: false),
        [CoseForm] = new(SignatureStatus.ChainBroken, Holds: false),
    };

    // Stores by kind and name, and the certificates in them; -1 for one that must not be used.
    private static readonly Dictionary<string, int> Stores = new(StringComparer.Ordinal)
    {
        ["ca/valid-trust-store"] = 6,
        ["ca/valid-trust-store-2"] = 2,
        ["ca/valid-trust-store-self-signed"] = 1,
        ["ca/trust-store-with-leaf-certs-in-single-file"] = -1,
        ["ca/trust-store-with-invalid-certs"] = -1,
        ["ca/trust-store-with-leaf-certs"] = -1,
        ["ca/valid-trust-store_SYMLINK"] = -1,
        ["signingAuthority/valid-trust-store"] = 3,
        ["signingAuthority/valid-trust-store-2"] = 2,
        ["tsa/test-timestamp"] = 1,
        ["tsa/test-mismatch"] = 1,
        ["tsa/test-nonCA"] = -1,
        ["tsa/test-nonSelfIssued"] = -1,
        ["/trust-store-with-directories"] = -1,
        ["/trust-store-with-cert-symlinks"] = -1,
    };

    // Files of certificates, and how many are in each; -1 for none.
    private static readonly Dictionary<string, int> CertificateFiles = new(StringComparer.Ordinal)
    {
        [Certificates + "pem.crt"] = 1,
        [Certificates + "multi-pem.crt"] = 2,
        [Certificates + "der.der"] = 1,
        [Certificates + "multi-der.der"] = 2,
        [Certificates + "invalid"] = -1,
        [Certificates + "openssl-minimum-self-signed.pem"] = 1,
        [Certificates + "timestamp_leaf.crt"] = 1,
        [Certificates + "timestamp_intermediate.crt"] = 1,
        [Certificates + "timestamp_root.crt"] = 1,
        ["notation-core-go/internal/timestamp/testdata/tsaRootCert.cer"] = 1,
        ["notation-go/signer/testdata/DigiCertTSARootSHA384.cer"] = 1,
        [Names + "signing-cert.pem"] = 1,
        [Names + "bad-cert.pem"] = 1,
        [Lists + "certificateWithDeltaCRL.cer"] = 1,
        [Lists + "certificateWith2DeltaCRL.cer"] = 1,
        [Lists + "certificateWithZeroDeltaCRLURL.cer"] = 1,
        [Lists + "certificateWithNonURIDeltaCRL.cer"] = 1,
        [Lists + "certificateWithIncompleteFreshestCRL.cer"] = 1,
        [Lists + "certificateWithIncompleteFreshestCRL2.cer"] = 1,
    };

    private static readonly string[] RevocationListFiles = [Lists + "delta.crl", Lists + "crlWithMultipleFreshestCRLs.crl"];

    // Tokens, of which each is said to be of the bytes "notation".
    private static readonly Dictionary<string, SignatureStatus> TokenFiles = new(StringComparer.Ordinal)
    {
        [Tokens + "TimeStampToken.p7s"] = SignatureStatus.Trusted,
        [Tokens + "TimeStampTokenWithoutCertificate.p7s"] = SignatureStatus.TimestampInvalid,
        [Tokens + "TimeStampTokenWithInvalideContentType.p7s"] = SignatureStatus.TimestampInvalid,
        [Tokens + "TimeStampTokenWithInvalidTSTInfo.p7s"] = SignatureStatus.TimestampInvalid,
        ["notation-core-go/internal/timestamp/testdata/TimeStampTokenWithInvalidSignature.p7s"] = SignatureStatus.TimestampInvalid,
    };

    // What has nothing to do with signatures: the client's settings, its plugins and its image.
    private static readonly string[] Others = ["notation-go/config/testdata/", "notation-go/dir/testdata/", "notation-go/plugin/testdata/", "notation-go/internal/testdata/oci-layout/"];

    private readonly TempFolder _folder = new("vectors");
    private readonly string _root = Tools.RequirePeer("usr/share/gocode/src/github.com/notaryproject");

    public static TheoryData<string> EnvelopeNames => [.. Envelopes.Keys];

    public static TheoryData<string> StoreNames => [.. Stores.Keys];

    public static TheoryData<string> CertificateNames => [.. CertificateFiles.Keys];

    public static TheoryData<string> TokenNames => [.. TokenFiles.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(EnvelopeNames))]
    public async Task A_published_envelope_has_the_status_that_it_should_have(string name)
    {
        Vector vector = Envelopes[name];
        SignatureVerdict verdict = await VerifyAsync(name, await AnchorsAsync(name, vector), vector.Time);
        Assert.True(vector.Status == verdict.Status, $"{verdict.Status}, {verdict.Message}");

        // Nobody is trusted by chance: without the authorities none of them is.
        verdict = await VerifyAsync(name, await AnchorsAsync(name, new(vector.Status), "\"ca:valid-trust-store-2\",\"signingAuthority:valid-trust-store-2\""), vector.Time);
        Assert.Equal(vector.Status is SignatureStatus.Trusted or SignatureStatus.CertificateExpired or SignatureStatus.CertificateNotYetValid or SignatureStatus.SignatureExpired ? SignatureStatus.UntrustedRoot : vector.Status, verdict.Status);
    }

    [Fact]
    public async Task Twenty_four_published_signatures_hold_and_eight_are_trusted_as_they_are()
    {
        int holding = 0;
        foreach ((string name, _) in Envelopes.Where(pair => pair.Value.Holds))
        {
            SignatureDocument document = SignatureReader.Read(Stored(name))!;
            using VerificationKey key = VerificationKey.Of(document.Chain[0]);
            Assert.True(document.Holds(key), name);
            using SigningKey other = TestAuthority.SelfSigned(key: "RSA-2048").SigningKey();
            Assert.False(document.Holds(other.Public), name);
            holding++;
        }

        Assert.Equal(24, holding);
        Assert.Equal(8, Envelopes.Values.Count(vector => vector.Status == SignatureStatus.Trusted));
        SignatureDocument metadata = SignatureReader.Read(Stored(Mock + "sig_env_with_metadata.json"))!;
        Assert.Equal("123", metadata.Target.Annotations["io.wabbit-networks.buildId"]);
        Assert.Equal(SignatureStatus.CertificateExpired, (await VerifyAsync(Mock + "sig_env_with_metadata.json", await AnchorsAsync(Mock + "sig_env_with_metadata.json", new(SignatureStatus.Trusted, IsOwnRoot: true)), Vector.Usual)).Status);
    }

    // The authority's certificates name lists that no test can fetch. To have none is the last thing that can be wrong with a stamp, so
    // that RevocationUnknown says that all before it held: the stamp, its chain, and the signer's certificates at its time.
    [Theory]
    [InlineData("jwsWithTimestamp.sig", SignatureStatus.RevocationUnknown)]
    [InlineData("coseWithTimestamp.sig", SignatureStatus.RevocationUnknown)]
    [InlineData("jwsExpiredWithTimestamp.sig", SignatureStatus.RevocationUnknown)]
    [InlineData("coseExpiredWithTimestamp.sig", SignatureStatus.RevocationUnknown)]
    [InlineData("timestampBeforeNotBefore.sig", SignatureStatus.CertificateNotYetValid)]
    [InlineData("timestampAfterNotAfter.sig", SignatureStatus.CertificateExpired)]
    [InlineData("withoutTimestamp.sig", SignatureStatus.TimestampMissing)]
    public async Task A_published_timestamp_is_verified_with_its_chain(string file, SignatureStatus status)
    {
        string name = Stamped + file;
        Vector vector = Envelopes[name];
        const string Authorities = "\"ca:valid-trust-store\",\"tsa:test-timestamp\"";
        SignatureVerdict verdict = await VerifyAsync(name, await AnchorsAsync(name, vector, Authorities), Vector.Usual);
        Assert.True(status == verdict.Status, $"{verdict.Status}, {verdict.Message}");

        // Where the policy only logs what is wrong with a stamp it passes, and the row says what.
        verdict = await VerifyAsync(name, await AnchorsAsync(name, vector, Authorities, "permissive"), Vector.Usual);
        Assert.Equal(SignatureStatus.Accepted, verdict.Status);
        Assert.False(verdict.Checks.Single(check => check.Name == "AuthenticTimestamp").Passed);

        // As in Notation: while the signer's certificates are good, afterCertExpiry asks for no stamp.
        verdict = await VerifyAsync(name, await AnchorsAsync(name, vector, Authorities, more: ",\"verifyTimestamp\":\"afterCertExpiry\""), Vector.Usual);
        Assert.Equal(vector.Status == SignatureStatus.Trusted ? SignatureStatus.Trusted : status, verdict.Status);

        if (status is SignatureStatus.RevocationUnknown)
        {
            SignatureDocument document = SignatureReader.Read(Stored(name))!;
            TrustAnchors anchors = await AnchorsAsync(name, vector, Authorities);
            TimestampProof proof = Timestamp.Verify(document.Timestamp, document.Signature.Span, anchors.TimestampAuthorities);
            Assert.Equal((2024, 6), (proof.Earliest.Year, proof.Latest.Month));
            Assert.Contains("GlobalSign", proof.Chain[^1].Subject, StringComparison.Ordinal);
            Assert.True(proof.Chain.Count >= 3);
            ValidityPeriod.Check(document.Chain, proof.Earliest, proof.Latest, "the timestamp's time");
            verdict = await VerifyAsync(name, await AnchorsAsync(name, vector, "\"ca:valid-trust-store\",\"tsa:test-mismatch\""), Vector.Usual);
            Assert.Equal(SignatureStatus.TimestampUntrusted, verdict.Status);
        }
    }

    [Theory]
    [MemberData(nameof(TokenNames))]
    public async Task A_published_token_counts_or_does_not(string name)
    {
        IReadOnlyList<X509Certificate2> roots = await CertificateFile.ReadAsync(Path.Combine(_root, CertificateFiles.Keys.Single(key => key.EndsWith("tsaRootCert.cer", StringComparison.Ordinal))), Token);
        IReadOnlyList<X509Certificate2> others = await new TrustStore(Path.Combine(_root, Store)).ReadAsync("tsa", [("tsa", "test-timestamp")], Token);
        byte[] token = await File.ReadAllBytesAsync(Path.Combine(_root, name), Token);
        SignatureStatus status = SignatureStatus.Trusted;
        try
        {
            Timestamp.Verify(token, "notation"u8, [.. roots, .. others]);
        }
        catch (TrustFailureException e)
        {
            status = e.Status;
        }

        Assert.Equal(TokenFiles[name], status);
        Assert.Equal(SignatureStatus.TimestampInvalid, Assert.Throws<TrustFailureException>(() => Timestamp.Verify(token, "mismatch"u8, [.. roots, .. others])).Status);
    }

    [Theory]
    [MemberData(nameof(StoreNames))]
    public async Task A_published_trust_store_is_read_or_refused(string name)
    {
        string kind = name[..name.IndexOf('/', StringComparison.Ordinal)], store = name[(kind.Length + 1)..];
        Task<IReadOnlyList<X509Certificate2>> ReadAsync() => new TrustStore(Path.Combine(_root, Store)).ReadAsync(kind, [(kind, store)], Token);
        if (Stores[name] < 0)
        {
            await Assert.ThrowsAsync<TrustStoreInvalidException>(ReadAsync);
        }
        else
        {
            Assert.Equal(Stores[name], (await ReadAsync()).Count);
        }
    }

    [Theory]
    [MemberData(nameof(CertificateNames))]
    public async Task Published_certificates_are_read_or_refused(string name)
    {
        Task<IReadOnlyList<X509Certificate2>> ReadAsync() => CertificateFile.ReadAsync(Path.Combine(_root, name), Token);
        if (CertificateFiles[name] < 0)
        {
            await Assert.ThrowsAsync<KeyInvalidException>(ReadAsync);
        }
        else
        {
            Assert.Equal(CertificateFiles[name], (await ReadAsync()).Count);
        }
    }

    [Fact]
    public async Task Published_lists_names_and_chains_are_read_as_they_are_meant()
    {
        await RevocationLists.ReadAsync([.. RevocationListFiles.Select(name => Path.Combine(_root, name))], Token);
        X509Certificate2[] chain = [await OneAsync(Certificates + "timestamp_leaf.crt"), await OneAsync(Certificates + "timestamp_intermediate.crt"), await OneAsync(Certificates + "timestamp_root.crt")];
        CertificateProfile.CheckTimestamping(chain);
        Assert.Throws<TrustFailureException>(() => CertificateProfile.CheckSigning(chain));
        CertificateProfile.CheckSigning([await OneAsync(Certificates + "openssl-minimum-self-signed.pem")]);
        Assert.True(SubjectName.IsPartOf(SubjectName.Parse("C=US, ST=WA, L=Seattle, O=SomeOrg"), SubjectName.Of(await OneAsync(Names + "signing-cert.pem"))!));
        Assert.False(SubjectName.IsPartOf(SubjectName.Parse("C=US, ST=WA, L=Seattle, O=SomeOrg, CN=Bad"), SubjectName.Of(await OneAsync(Names + "bad-cert.pem"))!));
    }

    [Fact]
    public void Signed_headers_are_read_as_published_and_written_to_the_same_bytes()
    {
        ProtectedHeader cose = CoseHeader.Read(Convert.FromHexString((string)JObject.Parse(File.ReadAllText(Path.Combine(_root, CoseForm)))["protectedHeaders"]!["cborHex"]!));
        Assert.Equal(("PS384", 1_661_321_924L, 1_661_408_324L, "signedCritKey1"), (cose.Algorithm, cose.SigningTime.ToUnixTimeSeconds(), cose.Expiry!.Value.ToUnixTimeSeconds(), cose.NotUnderstood));
        Assert.Contains("signedKey1", cose.Keys);
        Assert.True(StrictBase64.TryDecodeUrl((string)JObject.Parse(File.ReadAllText(Path.Combine(_root, JwsForm)))["protected"]!, out byte[] header));
        ProtectedHeader jws = ProtectedHeader.Read(header);
        Assert.Equal(("ES256", "2099-08-30T13:50:00Z", "signedCritKey1"), (jws.Algorithm, jws.Expiry!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), jws.NotUnderstood));

        foreach (string name in Envelopes.Keys.Where(name => name != CoseForm && Stored(name).Format == SignatureFormat.NotationCose))
        {
            StoredSignature stored = Stored(name);
            using VerificationKey key = VerificationKey.Of(SignatureReader.Read(stored)!.Chain[0]);
            System.Formats.Cbor.CborReader reader = new(stored.Content[2..]);
            byte[] published = reader.ReadByteString();
            Assert.Equal(published, CoseHeader.Write(CoseHeader.Read(published), key.Algorithm));
        }
    }

    [Fact]
    public async Task The_compact_token_in_their_tests_is_no_envelope()
    {
        string source = await File.ReadAllTextAsync(Path.Combine(_root, "notation-core-go/signature/jws/jwt_test.go"), Token);
        string token = Assert.Single(CompactToken().Matches(source)).Groups[1].Value;
        string[] parts = token.Split('.');
        Assert.Equal(3, parts.Length);
        Assert.Equal(SignatureStatus.Malformed, StatusOf(Encoding.ASCII.GetBytes(token)));
        JObject flattened = new() { ["payload"] = parts[1], ["protected"] = parts[0], ["header"] = new JObject(), ["signature"] = parts[2] };
        Assert.NotEqual(SignatureStatus.Trusted, StatusOf(Encoding.ASCII.GetBytes(flattened.ToString())));

        static SignatureStatus StatusOf(byte[] bytes) => Assert.Throws<TrustFailureException>(() => SignatureReader.Read(new StoredSignature(SignatureFormat.Notation, new OciDescriptor(MediaTypes.OciManifest, Digest.Of([]), 0), bytes))).Status;
    }

    [Fact]
    public void No_published_file_is_without_an_expectation()
    {
        HashSet<string> known = [.. Envelopes.Keys, .. CertificateFiles.Keys, .. RevocationListFiles, .. TokenFiles.Keys];
        string[] folders = [.. Others, .. Stores.Keys.Select(name => $"{Store}x509/{name.TrimStart('/')}/")];
        string[] files = [.. Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_root, path).Replace('\\', '/')).Where(path => path.Contains("/testdata/", StringComparison.Ordinal))];
        Assert.True(files.Length > 80, $"{files.Length} files");
        Assert.Equal([], files.Where(file => !known.Contains(file) && !folders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal))));
        Assert.Equal([], known.Where(name => !File.Exists(Path.Combine(_root, name))));
    }

    private async Task<X509Certificate2> OneAsync(string name) => Assert.Single(await CertificateFile.ReadAsync(Path.Combine(_root, name), Token));

    private StoredSignature Stored(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(_root, name));
        if (name == CoseForm)
        {
            bytes = Convert.FromHexString((string)JObject.Parse(Encoding.UTF8.GetString(bytes))["expectedOutput"]!["cborHex"]!);
        }

        return new StoredSignature(bytes[0] == '{' ? SignatureFormat.Notation : SignatureFormat.NotationCose, new OciDescriptor(MediaTypes.OciManifest, Digest.Of(bytes), bytes.Length), bytes);
    }

    // Of the image that it says it is of; the images themselves were not published.
    private Task<SignatureVerdict> VerifyAsync(string name, TrustAnchors anchors, DateTimeOffset now)
    {
        StoredSignature stored = Stored(name);
        OciDescriptor subject = Envelopes[name].Holds ? SignatureReader.Read(stored)!.Target : new OciDescriptor(MediaTypes.OciManifest, Digest.Of([]), 0);
        return Task.FromResult(new SignatureVerifier(anchors, subject, now).Verify("image", stored)!);
    }

    private async Task<TrustAnchors> AnchorsAsync(string name, Vector vector, string stores = "\"ca:valid-trust-store\",\"signingAuthority:valid-trust-store\"", string level = "strict", string more = "")
    {
        string policy = _folder.Combine("trustpolicy.json");
        await File.WriteAllTextAsync(policy, $$"""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"{{more}}},"trustStores":[{{stores}}],"trustedIdentities":["*"]}]}""", Token);
        TrustAnchors anchors = (await TrustAnchors.ReadAsync(new TrustRequest { PolicyPath = policy, StorePath = Path.Combine(_root, Store) }, null, Token))!;
        return vector.IsOwnRoot ? anchors with { Authorities = [.. anchors.Authorities, SignatureReader.Read(Stored(name))!.Chain[^1]] } : anchors;
    }

    [GeneratedRegex("tokenString: \"([^\"]{400,})\"")]
    private static partial Regex CompactToken();

    /// <summary>What is expected of an envelope.</summary>
    /// <param name="Status">The status.</param>
    /// <param name="IsOwnRoot">True where the published stores lack its root, which the test then trusts.</param>
    /// <param name="At">When it is judged; a day of 2026 by default.</param>
    /// <param name="Holds">Whether its signature holds under its own certificate's key.</param>
    private sealed record Vector(SignatureStatus Status, bool IsOwnRoot = false, string At = "2026-06-01T12:00:00Z", bool Holds = true)
    {
        public static DateTimeOffset Usual { get; } = new Vector(default(SignatureStatus)).Time;

        public DateTimeOffset Time => DateTimeOffset.Parse(At, CultureInfo.InvariantCulture);
    }
}
