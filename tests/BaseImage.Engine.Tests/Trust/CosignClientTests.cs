using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>cosign's own client: what is signed here it verifies, what it signs is verified here, and what is wrong both refuse.</summary>
public sealed class CosignClientTests : IDisposable
{
    private readonly CosignRoom _room = new();

    public static TheoryData<SignatureFormat, string> FormsAndKeys
    {
        get
        {
            TheoryData<SignatureFormat, string> data = [];
            foreach (SignatureFormat format in new[] { SignatureFormat.Cosign, SignatureFormat.CosignBundle })
            {
                foreach (string kind in new[] { "P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096" })
                {
                    data.Add(format, kind);
                }
            }

            return data;
        }
    }

    public static TheoryData<SignatureFormat> Forms => new(SignatureFormat.Cosign, SignatureFormat.CosignBundle);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Theory]
    [MemberData(nameof(FormsAndKeys))]
    public async Task Cosign_verifies_what_is_signed_here(SignatureFormat format, string kind)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        (string key, string publicKey) = _room.Key(kind);
        string image = await _room.PushAsync($"{registry.Address}/team/web");
        await _room.SignHereAsync("docker://" + image, format, key, annotations: new Dictionary<string, string> { ["build"] = "42", ["by"] = "ci" });

        JToken claim = Assert.Single(JArray.Parse(await _room.RunAsync(CosignRoom.Verify(publicKey, format, image, "-a", "build=42"))));
        Assert.Equal(image[(image.IndexOf('@', StringComparison.Ordinal) + 1)..], (string)claim["critical"]!["image"]!["docker-manifest-digest"]!);
        Assert.Equal(("42", "ci"), ((string)claim["optional"]!["build"]!, (string)claim["optional"]!["by"]!));
        if (kind == "P-256")
        {
            await _room.RefusesAsync(CosignRoom.Verify(publicKey, format, image, "-a", "build=43"));
            await _room.RefusesAsync(CosignRoom.Verify(_room.Key(kind, "other").Public, format, image));
            await _room.RefusesAsync(CosignRoom.Verify(publicKey, format, await _room.PushAsync($"{registry.Address}/team/web", "another")));
        }
    }

    [Theory]
    [MemberData(nameof(FormsAndKeys))]
    public async Task What_cosign_signs_is_verified_here(SignatureFormat format, string kind)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        (string key, string publicKey) = await _room.ImportedKeyAsync(kind);
        string image = await _room.PushAsync($"{registry.Address}/team/web");
        await _room.SignAsync(key, format, image, "-a", "build=42");

        SignatureResult result = await _room.IsHereAsync(SignatureStatus.Trusted, "docker://" + image, publicKey);
        Assert.Equal((format, "42"), (result.Format, Assert.Single(result.Signatures).Signature.Annotations["build"]));
        await _room.IsHereAsync(SignatureStatus.UntrustedKey, "docker://" + image, _room.Key(kind, "other").Public);
        await _room.IsHereAsync(SignatureStatus.NotSigned, "docker://" + await _room.PushAsync($"{registry.Address}/team/web", "another"), publicKey);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_key_that_cosign_made_and_encrypted_signs_here(SignatureFormat format)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await _room.RunAsync("generate-key-pair", "--output-key-prefix", _room.Combine("made"));
        string image = await _room.PushAsync($"{registry.Address}/team/web"), key = _room.Combine("made.key"), publicKey = _room.Combine("made.pub");
        await Assert.ThrowsAsync<KeyPasswordInvalidException>(() => _room.SignHereAsync("docker://" + image, format, key, "donkey"));
        await Assert.ThrowsAsync<KeyPasswordInvalidException>(() => _room.SignHereAsync("docker://" + image, format, key));
        await _room.RefusesAsync(CosignRoom.Verify(publicKey, format, image));

        // Both sign the same image; each finds the other's signature beside its own.
        await _room.SignHereAsync("docker://" + image, format, key, "horse", new Dictionary<string, string> { ["by"] = "us" });
        await _room.SignAsync(key, format, image, "-a", "by=cosign");
        foreach (string signer in (string[])["us", "cosign"])
        {
            await _room.RunAsync(CosignRoom.Verify(publicKey, format, image, "-a", "by=" + signer));
        }

        SignatureResult result = await _room.IsHereAsync(SignatureStatus.Trusted, "docker://" + image, publicKey);
        Assert.Equal(["cosign", "us"], result.Signatures.Select(verdict => verdict.Status is SignatureStatus.Trusted ? verdict.Signature.Annotations["by"] : verdict.Message).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_payload_that_was_changed_or_is_of_another_image_is_refused_by_both()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        (string key, string publicKey) = await _room.ImportedKeyAsync("P-256");
        foreach (SignatureFormat format in new[] { SignatureFormat.Cosign, SignatureFormat.CosignBundle })
        {
            string image = await _room.PushAsync($"{registry.Address}/team/{format}".ToLowerInvariant());
            await _room.SignAsync(key, format, image, "-a", "build=42");
            await using IArtifactStore store = await _room.OpenAsync("docker://" + image);
            OciDescriptor subject = await store.FindSubjectAsync(Token);
            OciManifest manifest = OciReader.Manifest(await store.ReadAsync((await Beside(store, subject, format))!, 1 << 20, Token), "manifest");
            byte[] content = await store.ReadAsync(manifest.Layers[0], 1 << 20, Token);

            // The same signature over other words, and the very same document beside another image.
            await PutAsync(await _room.PushAsync($"{registry.Address}/changed/{format}".ToLowerInvariant()), format, manifest, Changed(content, format));
            await PutAsync(await _room.PushAsync($"{registry.Address}/moved/{format}".ToLowerInvariant(), "another"), format, manifest, content);

            async Task PutAsync(string other, SignatureFormat form, OciManifest from, byte[] bytes)
            {
                await using IArtifactStore place = await _room.OpenAsync("docker://" + other);
                OciDescriptor about = await place.FindSubjectAsync(Token);
                (BuiltDocument, IReadOnlyDictionary<string, string>) layer = (new BuiltDocument(from.Layers[0].MediaType, bytes), from.Layers[0].Annotations);
                BuiltArtifact artifact = form == SignatureFormat.CosignBundle ? OciDocuments.Artifact(CosignNames.Bundle, about, [layer], from.Annotations)
                    : OciDocuments.Artifact("", null, [layer], new SortedDictionary<string, string>(StringComparer.Ordinal), new BuiltDocument(MediaTypes.OciConfig, "{}"u8.ToArray())) with { Tag = CosignNames.Tag(about.Digest) };
                await place.WriteAsync(artifact, Token);
                SignatureResult result = await _room.TestHereAsync("docker://" + other, publicKey);
                Assert.True(result.Status == (bytes == content ? SignatureStatus.SubjectMismatch : SignatureStatus.UntrustedKey), $"{other}: {result.Status}, {result.Message}");
                await _room.RefusesAsync(CosignRoom.Verify(publicKey, form, other));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Copies_by_either_carry_signatures_that_both_verify(SignatureFormat format)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        (string key, string publicKey) = await _room.ImportedKeyAsync("P-256");
        string image = await _room.PushAsync($"{registry.Address}/team/web", "many", Platform.LinuxAmd64, Platform.LinuxArm64);
        string pin = image[image.IndexOf('@', StringComparison.Ordinal)..];
        await _room.SignHereAsync("docker://" + image, format, key, "horse");
        await _room.SignAsync(key, format, image, "-a", "by=cosign", "--recursive");

        // Here through a layout; there from registry to registry.
        await _room.Copier.CopyAsync(new CopyRequest { Reference = "docker://" + image, Destination = $"oci:{_room.Combine("gap")}:1" }, SilentReporter.Instance, Token);
        Assert.Equal(2, (await _room.IsHereAsync(SignatureStatus.Trusted, $"oci:{_room.Combine("gap")}:1", publicKey)).Signatures.Count);
        await _room.Copier.CopyAsync(new CopyRequest { Reference = $"oci:{_room.Combine("gap")}:1", Destination = $"docker://{registry.Address}/ours/web", Tags = ["1"] }, SilentReporter.Instance, Token);

        // The client's own copying leaves bundles behind, and says to use oras for them.
        await (format == SignatureFormat.Cosign ? _room.RunAsync("copy", image, $"{registry.Address}/theirs/web:1")
            : Tools.RunAsync(Tools.RequirePeer("usr/bin/oras"), ["copy", "-r", "--from-plain-http", "--to-plain-http", image, $"{registry.Address}/theirs/web:1"]));
        foreach (string copy in new[] { $"{registry.Address}/ours/web{pin}", $"{registry.Address}/theirs/web{pin}" })
        {
            Assert.Equal(2, JArray.Parse(await _room.RunAsync(CosignRoom.Verify(publicKey, format, copy))).Count);
            Assert.Equal(2, (await _room.IsHereAsync(SignatureStatus.Trusted, "docker://" + copy, publicKey)).Signatures.Count);
        }

        // Each platform's manifest, which cosign signed too.
        await using IArtifactStore store = await _room.OpenAsync("docker://" + image);
        foreach (OciDescriptor platform in OciReader.Index(await store.ReadAsync(await store.FindSubjectAsync(Token), 1 << 20, Token), "index").Manifests)
        {
            await _room.RunAsync(CosignRoom.Verify(publicKey, format, $"{registry.Address}/ours/web@{platform.Digest}"));
            await _room.IsHereAsync(SignatureStatus.Trusted, $"docker://{registry.Address}/ours/web@{platform.Digest}", publicKey);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_layout_that_cosign_saved_is_verified_here_and_goes_on_to_a_registry(SignatureFormat format)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        (string key, string publicKey) = await _room.ImportedKeyAsync("P-256");
        string image = await _room.PushAsync($"{registry.Address}/team/web"), layout = "oci:" + _room.Combine("saved");
        await _room.SignAsync(key, format, image, "-a", "build=42");
        await _room.RunAsync("save", "--dir", _room.Combine("saved"), image);

        SignatureResult result = await _room.IsHereAsync(SignatureStatus.Trusted, layout, publicKey);
        Assert.Equal((format, "42"), (result.Format, Assert.Single(result.Signatures).Signature.Annotations["build"]));
        await _room.IsHereAsync(SignatureStatus.UntrustedKey, layout, _room.Key("P-256", "other").Public);

        await _room.Copier.CopyAsync(new CopyRequest { Reference = layout, Destination = $"docker://{registry.Address}/inside/web", Tags = ["1"] }, SilentReporter.Instance, Token);
        await _room.RunAsync(CosignRoom.Verify(publicKey, format, $"{registry.Address}/inside/web:1"));
    }

    private static async Task<OciDescriptor?> Beside(IArtifactStore store, OciDescriptor subject, SignatureFormat format)
        => format == SignatureFormat.Cosign ? await store.FindTagAsync(CosignNames.Tag(subject.Digest), Token) : Assert.Single(await store.ListReferrersAsync(subject.Digest, Token));

    private static byte[] Changed(byte[] content, SignatureFormat format)
    {
        string text = Encoding.UTF8.GetString(content);
        if (format == SignatureFormat.Cosign)
        {
            return Encoding.UTF8.GetBytes(text.Replace("\"42\"", "\"43\"", StringComparison.Ordinal));
        }

        JObject bundle = StrictJson.ParseObject(content, "bundle");
        bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!)).Replace("\"42\"", "\"43\"", StringComparison.Ordinal)));
        return CanonicalJson.WriteCompact(bundle);
    }
}
