using System.Text;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>Trust policies and stores keep Notation's rules; what breaks one is refused and named.</summary>
public sealed class TrustPolicyTests : IDisposable
{
    private readonly TempFolder _folder = new("policy");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_exact_scope_goes_before_every_image_and_none_is_none()
    {
        IReadOnlyList<TrustStatement> statements = Read(Statement("all", "\"*\"") + "," + Statement("one", "\"registry.example:5000/team/web\", \"registry.example/other\""));
        Assert.Equal("one", TrustPolicyReader.For(statements, "registry.example:5000/team/web")?.Name);
        Assert.Equal("all", TrustPolicyReader.For(statements, "registry.example:5000/team")?.Name);
        Assert.Equal("all", TrustPolicyReader.For(statements, null)?.Name);
        Assert.Null(TrustPolicyReader.For(Read(Statement("one", "\"registry.example/other\"")), "registry.example/team"));
        Assert.Null(TrustPolicyReader.For(Read(Statement("one", "\"registry.example/other\"")), null));
    }

    [Theory]
    [InlineData("strict", "Enforce Enforce Enforce Enforce Enforce")]
    [InlineData("permissive", "Enforce Enforce Log Log Log")]
    [InlineData("audit", "Enforce Log Log Log Log")]
    public void Levels_are_those_of_the_specification(string level, string actions)
        => Assert.Equal(actions, string.Join(' ', Read(Statement("all", "\"*\"", level))[0].Actions.OrderBy(pair => pair.Key).Select(pair => pair.Value)));

    public static TheoryData<string, string> Wrong => new()
    {
        { "", "no statement" },
        { Statement("a", "\"*\"") + "," + Statement("a", "\"r.example/x\""), "the name 'a'" },
        { Statement("a", "\"*\"") + "," + Statement("b", "\"*\""), "named twice" },
        { Statement("a", "\"r.example/x\"") + "," + Statement("b", "\"r.example/x\""), "named twice" },
        { Statement("", "\"*\""), "'trustPolicies[0].name' is missing" },
        { Statement("a", ""), "no registryScopes" },
        { Statement("a", "\"*\",\"r.example/x\""), "beside others" },
        { Statement("a", "\"r.example/*\""), "is not a repository" },
        { Statement("a", "\"r.example/x:tag\""), "is not a repository" },
        { Statement("a", "\"https://r.example/x\""), "is not a repository" },
        { Statement("a", "\"web\""), "is not a repository" },
        { Statement("a", "\"r.example/X\""), "is not a repository" },
        { Statement("a", "\"*\"", "lax"), "the level 'lax'" },
        { Statement("a", "\"*\"", more: ",\"override\":{\"integrity\":\"log\"}"), "overrides 'integrity'" },
        { Statement("a", "\"*\"", more: ",\"override\":{\"expiry\":\"skip\"}"), "overrides expiry with 'skip'" },
        { Statement("a", "\"*\"", more: ",\"override\":{\"revocation\":\"off\"}"), "overrides revocation with 'off'" },
        { Statement("a", "\"*\"", more: ",\"verifyTimestamp\":\"never\""), "the verifyTimestamp 'never'" },
        { Statement("a", "\"*\"", more: ",\"verifyTimestmp\":\"always\""), "is not a key of trust policies" },
        { Statement("a", "\"*\"", stores: ""), "needs trustStores" },
        { Statement("a", "\"*\"", stores: "\"ca\""), "the trust store 'ca'" },
        { Statement("a", "\"*\"", stores: "\"pki:x\""), "the trust store 'pki:x'" },
        { Statement("a", "\"*\"", stores: "\"ca:../x\""), "other characters" },
        { Statement("a", "\"*\"", stores: "\"ca:..\""), "other characters" },
        { Statement("a", "\"*\"", identities: ""), "needs trustStores and trustedIdentities" },
        { Statement("a", "\"*\"", identities: "\"*\",\"x509.subject: C=US, ST=WA, O=x\""), "beside others" },
        { Statement("a", "\"*\"", identities: "\"C=US, ST=WA, O=x\""), "there are '*'" },
        { Statement("a", "\"*\"", identities: "\"x509.subject: C=US, O=x\""), "it has no ST" },
        { Statement("a", "\"*\"", identities: "\"x509.subject: C=US, ST=WA, O=x, O=y\""), "it has O twice" },
        { Statement("a", "\"*\"", identities: "\"x509.subject: C=US, ST=WA, O=x+OU=y\""), "'+'" },
        { Statement("a", "\"*\"", identities: "\"x509.subject: C=US, ST=WA, O=x; OU=y\""), "';'" },
        { Statement("a", "\"*\"", identities: "\"x509.subject: C=US, ST=WA, O=#0C01\""), "hexadecimal" },
        { Statement("a", "\"*\"", identities: "\"x509.subject: C=US, ST=WA, O=x\",\"x509.subject: C=US, S=WA, O=x, OU=y\""), "overlap" },
        { """{"name":"a","registryScopes":["*"],"signatureVerification":{"level":"skip"}}""", "skip needs scopes" },
        { """{"name":"a","registryScopes":["r.example/x"],"signatureVerification":{"level":"skip"},"trustStores":["ca:x"]}""", "all the same" },
        { """{"name":"a","registryScopes":["r.example/x"],"signatureVerification":{"level":"skip","override":{"expiry":"log"}}}""", "cannot be overridden" },
        { """{"name":"a","registryScopes":["r.example/x"]}""", "'trustPolicies[0].signatureVerification' is missing" },
        { """{"name":"a","name":"b"}""", "twice" },
        { "7", "not an object" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_policy_that_breaks_a_rule_is_refused_and_the_rule_named(string statements, string problem)
    {
        TrustPolicyInvalidException failure = Assert.Throws<TrustPolicyInvalidException>(() => Read(statements));
        Assert.True(failure.Message.Contains(problem, StringComparison.OrdinalIgnoreCase) || (problem == "twice" && failure.Message.Contains("name", StringComparison.Ordinal)), failure.Message);
    }

    [Theory]
    [InlineData("""{"trustPolicies":[]}""")]
    [InlineData("""{"version":"2.0","trustPolicies":[]}""")]
    [InlineData("""{"version":"1.0","trustPolicies":[],"more":1}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void What_is_no_policy_is_refused(string text) => Assert.Throws<TrustPolicyInvalidException>(() => TrustPolicyReader.Read(Encoding.UTF8.GetBytes(text), "policy"));

    [Fact]
    public void No_changed_byte_throws_anything_else()
    {
        byte[] good = Encoding.UTF8.GetBytes($$"""{"version":"1.0","trustPolicies":[{{Statement("all", "\"r.example/x\"", more: ",\"override\":{\"expiry\":\"log\"}", identities: "\"x509.subject: C=US, ST=W\\\\, A, O=\\\\20x\\\\ \"")}}]}""");
        Assert.Equal("all", TrustPolicyReader.Read(good, "policy")[0].Name);
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = [.. good];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                TrustPolicyReader.Read(bad.AsMemory(0, random.Next(5) == 0 ? random.Next(bad.Length) : bad.Length), "policy");
            }
            catch (TrustPolicyInvalidException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Names_are_read_with_their_escapes()
    {
        IReadOnlyDictionary<string, string> name = SubjectName.Parse("C=US, S=W\\, A,O=\\ a\\;b\\\\c\\ , CN=\\C3\\A4, L= x ");
        Assert.Equal(("US", "W, A", " a;b\\c ", "\u00e4", "x"), (name["C"], name["ST"], name["O"], name["CN"], name["L"]));
        Random random = new(11);
        for (int i = 0; i < 3000; i++)
        {
            string value = new([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => " ,;+\\\"<>#=aZ\u00e9\u4e2d"[random.Next(14)])]);
            string escaped = string.Concat(value.Select(c => " ,;+\\\"<>#=".Contains(c, StringComparison.Ordinal) ? "\\" + c : c.ToString()));
            Assert.Equal(value, SubjectName.Parse($"C=US,ST=WA,O={escaped}")["O"]);
        }
    }

    [Fact]
    public async Task A_store_has_certificates_of_authorities_and_self_signed_signers_and_nothing_else()
    {
        TestAuthority root = TestAuthority.Root();
        TrustStore store = new(_folder.Path);
        async Task<string> Problem(string kind, string name) => (await Assert.ThrowsAsync<TrustStoreInvalidException>(() => store.ReadAsync(kind, [(kind, name)], Token))).Message;
        string Folder(string kind, string name) => Directory.CreateDirectory(_folder.Combine("x509", kind, name)).FullName;
        Assert.Contains("does not exist", await Problem("ca", "none"), StringComparison.Ordinal);
        string folder = Folder("ca", "good");
        Assert.Contains("no certificate", await Problem("ca", "good"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "a.pem"), root.Intermediate().ChainPem);
        File.WriteAllBytes(Path.Combine(folder, "b.cer"), TestAuthority.SelfSigned().Certificate.RawData);
        Assert.Equal(3, (await store.ReadAsync("ca", [("ca", "good"), ("tsa", "other")], Token)).Count);

        File.WriteAllText(Path.Combine(Folder("ca", "leaf"), "a.pem"), root.Leaf().Certificate.ExportCertificatePem());
        Assert.Contains("not an authority's", await Problem("ca", "leaf"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Folder("tsa", "middle"), "a.pem"), root.Intermediate().Certificate.ExportCertificatePem());
        Assert.Contains("not a root", await Problem("tsa", "middle"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Folder("ca", "text"), "a.pem"), "nothing");
        Assert.Contains("not a file of certificates", await Problem("ca", "text"), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(Folder("ca", "folder"), "sub"));
        Assert.Contains("folder", await Problem("ca", "folder"), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(Folder("ca", "linked"), "a.pem"), Path.Combine(folder, "a.pem"));
            Assert.Contains("link", await Problem("ca", "linked"), StringComparison.Ordinal);
            Directory.CreateSymbolicLink(_folder.Combine("x509", "ca", "alias"), folder);
            Assert.Contains("link", await Problem("ca", "alias"), StringComparison.Ordinal);
            File.WriteAllText(_folder.Combine("policy.json"), "{}");
            File.CreateSymbolicLink(_folder.Combine("linked.json"), _folder.Combine("policy.json"));
            Assert.Contains("link", (await Assert.ThrowsAsync<TrustPolicyInvalidException>(() => TrustPolicyReader.ReadAsync(_folder.Combine("linked.json"), Token))).Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<TrustPolicyNotFoundException>(() => TrustPolicyReader.ReadAsync(_folder.Combine("none.json"), Token));
    }

    [Fact]
    public void Notations_places_are_found()
    {
        string root = Path.GetTempPath();
        Assert.Equal(Path.Combine(root, "notation"), Path.Combine(TrustLocations.FromEnvironment(name => name is "XDG_CONFIG_HOME" or "APPDATA" ? root : null).Root) is var found && OperatingSystem.IsMacOS() ? Path.Combine(root, "notation") : found);
        Assert.Equal(_folder.Path, TrustLocations.FromEnvironment(name => name == "NOTATION_CONFIG" ? _folder.Path : null).Root);
        TrustLocations here = new(_folder.Path);
        Assert.Equal(_folder.Combine("trustpolicy.oci.json"), here.PolicyPath);
        File.WriteAllText(_folder.Combine("trustpolicy.json"), "{}");
        Assert.Equal(_folder.Combine("trustpolicy.json"), here.PolicyPath);
        File.WriteAllText(_folder.Combine("trustpolicy.oci.json"), "{}");
        Assert.Equal(_folder.Combine("trustpolicy.oci.json"), here.PolicyPath);
        Assert.Equal(_folder.Combine("truststore"), TrustLocations.StoreBeside(here.PolicyPath));
        Directory.CreateDirectory(_folder.Combine("trust-store"));
        Assert.Equal(_folder.Combine("trust-store"), TrustLocations.StoreBeside(here.PolicyPath));
    }

    private static IReadOnlyList<TrustStatement> Read(string statements) => TrustPolicyReader.Read(Encoding.UTF8.GetBytes($$"""{"version":"1.0","trustPolicies":[{{statements}}]}"""), "policy");

    private static string Statement(string name, string scopes, string level = "strict", string more = "", string stores = "\"ca:test\"", string identities = "\"*\"")
        => $$"""{"name":"{{name}}","registryScopes":[{{scopes}}],"signatureVerification":{"level":"{{level}}"{{more}}},"trustStores":[{{stores}}],"trustedIdentities":[{{identities}}]}""";
}
