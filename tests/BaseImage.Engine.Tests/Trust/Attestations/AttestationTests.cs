using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust.Attestations;

public sealed class AttestationTests : IDisposable
{
    private readonly AttestationRoom _room = new();

    public void Dispose() => _room.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsStatedIsTrustedAndSaysWhatWentIn()
    {
        string image = await _room.ImageAsync();
        AttestationRequest request = new() { Image = image, Key = _room.Key(), Provenance = AttestationRoom.Built(), Sboms = [SbomFormat.Spdx, SbomFormat.CycloneDx] };
        IReadOnlyList<ImageAttestation> made = await _room.Attester.AttestAsync(request, SilentReporter.Instance, Token);
        Assert.Equal([PredicateKind.Provenance, PredicateKind.Spdx, PredicateKind.CycloneDx], made.Select(one => one.PredicateType));
        Assert.Equal((AttestationRoom.Builder, "urn:baseimage:build:definition:v1"), (made[0].BuilderId, made[0].BuildType));
        Assert.Equal(["source", "definition", "lock", "debian dists/bookworm/InRelease", "debian dists/bookworm/main/binary-amd64/Packages.xz", "debian pool/hello.deb"], made[0].Materials.Select(material => material.Name));
        Assert.All(made[0].Materials, material => Assert.True(material.IsPinned, material.ToString()));
        Assert.Equal("pkg:deb/debian/hello@1.0?arch=amd64", made[0].Materials[^1].Uri);

        AttestationPolicy policy = _room.Trusting() with { BuilderIds = [AttestationRoom.Builder], BuildTypes = ["urn:baseimage:build:definition:v1"], Sources = ["https://git.example.org/*"], RequirePinned = true };
        AttestationResult result = await _room.Tester.TestAsync(image, policy, Token);
        Assert.True(result is { Status: AttestationStatus.Trusted, IsTrusted: true, BuilderId: AttestationRoom.Builder }, result.Message);
        Assert.EndsWith($"({_room.Combine("mine.pub")})", result.Signer, StringComparison.Ordinal);
        Assert.Contains("@sha256:", result.Reference, StringComparison.Ordinal);
        foreach (string kind in (string[])[PredicateKind.Spdx, PredicateKind.CycloneDx])
        {
            Assert.Equal(AttestationStatus.Trusted, (await _room.Tester.TestAsync(image, _room.Trusting() with { PredicateType = kind }, Token)).Status);
        }

        List<ImageAttestation> listed = [];
        await foreach (ImageAttestation one in _room.Reading.ReadAsync(image, Token))
        {
            listed.Add(one);
        }

        Assert.Equal(made.Select(one => one.Digest).Order(), listed.Select(one => one.Digest).Order());
        Assert.Equal("SPDX-2.3", (string)StrictJson.ParseObject(Encoding.UTF8.GetBytes(listed.Single(one => one.PredicateType == PredicateKind.Spdx).Predicate), "p")["spdxVersion"]!);
    }

    [Fact]
    public async Task TheSameBuildStatesTheSameBytesAndTimesOnlyWhereTheyAreGiven()
    {
        string one = AttestationRoom.Predicate(AttestationRoom.Built()).ToString(), two = AttestationRoom.Predicate(AttestationRoom.Built()).ToString();
        Assert.Equal(one, two);
        Assert.DoesNotContain("startedOn", one, StringComparison.Ordinal);
        JObject timed = AttestationRoom.Predicate(AttestationRoom.Built() with { StartedOn = DateTimeOffset.UnixEpoch, InvocationId = "run 1" });
        Assert.Equal(("1970-01-01T00:00:00Z", "run 1"), ((string)timed["runDetails"]!["metadata"]!["startedOn"]!, (string)timed["runDetails"]!["metadata"]!["invocationId"]!));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task WhereThereIsNothingTheResultSaysSo()
    {
        AttestationResult result = await _room.Tester.TestAsync(await _room.ImageAsync(), _room.Trusting(), Token);
        Assert.Equal((AttestationStatus.NotAttested, false, 0), (result.Status, result.IsTrusted, result.Attestations.Count));
        Assert.Contains("Nothing was verified", result.Message, StringComparison.Ordinal);
        Assert.Equal(AttestationStatus.NotAttested, default);
    }

    [Fact]
    public async Task EveryPlatformHasToHold()
    {
        string image = await _room.ImageAsync("many", Platform.LinuxAmd64, Platform.LinuxArm64);
        AttestationPolicy policy = _room.Trusting() with { PredicateType = PredicateKind.CycloneDx };
        IReadOnlyList<ImageAttestation> made = await _room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = _room.Key(), Sboms = [SbomFormat.CycloneDx], Provenance = AttestationRoom.Built(Platform.LinuxAmd64, Platform.LinuxArm64) }, SilentReporter.Instance, Token);
        Assert.Equal([null, Platform.LinuxAmd64, Platform.LinuxArm64], made.Select(one => one.Platform));
        Assert.Equal(AttestationStatus.Trusted, (await _room.Tester.TestAsync(image, policy, Token)).Status);
        Assert.Equal(AttestationStatus.Trusted, (await _room.Tester.TestAsync(image, _room.Trusting(), Token)).Status);
        Assert.Equal(AttestationStatus.UntrustedKey, (await _room.Tester.TestAsync(image, policy with { Trust = _room.Trusting("other").Trust }, Token)).Status);

        // One platform alone is not the image.
        string half = await _room.ImageAsync("half", Platform.LinuxAmd64, Platform.LinuxArm64);
        await using (IArtifactStore store = await _room.OpenAsync(ImageReference.Parse(half), Token))
        {
            OciDescriptor platform = (await AttestedImage.FindAsync(store, Token)).Platforms[0];
            byte[] bundle = CanonicalJson.WriteCompact(await _room.SignedAsync(InTotoStatement.Of(platform.Digest, "", PredicateKind.CycloneDx, new JObject { ["bomFormat"] = "CycloneDX" }).Write()));
            await store.WriteAsync(OciDocuments.Artifact(CosignNames.Bundle, platform, [(new BuiltDocument(CosignNames.Bundle, bundle), new SortedDictionary<string, string>(StringComparer.Ordinal))], new SortedDictionary<string, string>(StringComparer.Ordinal)), Token);
        }

        AttestationResult result = await _room.Tester.TestAsync(half, policy, Token);
        Assert.Equal(AttestationStatus.NotAttested, result.Status);
        Assert.Equal(AttestationStatus.Trusted, Assert.Single(result.Attestations).Status);
        Assert.Contains("linux/arm64", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWouldNotBeTrueIsNotStated()
    {
        string image = await _room.ImageAsync();
        DefinitionProvenance built = AttestationRoom.Built();
        LockedPlatform platform = built.Lock.Platforms[0];
        foreach (DefinitionProvenance request in (DefinitionProvenance[])
        [
            built with { Lock = built.Lock with { DefinitionDigest = Digest.Of("another"u8) } },
            built with { Lock = built.Lock with { Platforms = [new LockedPlatform(platform.Platform, [platform.Packages[0] with { Version = new PackageVersion("1.1") }])] } },
            built with { Lock = built.Lock with { Platforms = [new LockedPlatform(platform.Platform, [])] } },
            built with { Lock = built.Lock with { Platforms = [new LockedPlatform(Platform.LinuxArm64, platform.Packages)] } },
            built with { BuilderId = "me" },
            built with { Source = "not a uri" },
        ])
        {
            await Assert.ThrowsAsync<AttestationNotPossibleException>(() => _room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = _room.Key(), Provenance = request, Sboms = [SbomFormat.Spdx] }, SilentReporter.Instance, Token));
        }

        await File.WriteAllTextAsync(_room.Combine("p.json"), "[]", Token);
        await Assert.ThrowsAsync<JsonInvalidException>(() => _room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = _room.Key(), PredicatePath = _room.Combine("p.json"), PredicateType = "https://example.org/x" }, SilentReporter.Instance, Token));
        await Assert.ThrowsAsync<AttestationNotPossibleException>(() => _room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = _room.Key(), PredicatePath = _room.Combine("p.json"), PredicateType = "x" }, SilentReporter.Instance, Token));
        Assert.Empty(await _room.Reading.ReadAsync(image, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task AGoodOneIsFoundAmongBadOnes()
    {
        string image = await _room.ImageAsync();
        await _room.PutAsync(image, "no json"u8.ToArray());
        await _room.PutAsync(image, CanonicalJson.WriteCompact(await _room.SignedAsync(await StatementAsync(image), "other")));
        await _room.PutAsync(image, CanonicalJson.WriteCompact(await _room.SignedAsync(await StatementAsync(image))));
        AttestationResult result = await _room.Tester.TestAsync(image, _room.Trusting() with { RequirePinned = true }, Token);
        Assert.Equal(AttestationStatus.Trusted, result.Status);
        Assert.Equal([AttestationStatus.Malformed, AttestationStatus.UntrustedKey, AttestationStatus.Trusted], result.Attestations.Select(verdict => verdict.Status).Order());
    }

    public static TheoryData<string, AttestationStatus> BadOnes => new()
    {
        { "the payload was changed", AttestationStatus.SignatureInvalid },
        { "the signature was changed", AttestationStatus.SignatureInvalid },
        { "the payload's type was changed", AttestationStatus.SignatureInvalid },
        { "the signature is of another statement", AttestationStatus.SignatureInvalid },
        { "another key", AttestationStatus.UntrustedKey },
        { "another key under a trusted key's name", AttestationStatus.SignatureInvalid },
        { "no key of one's own", AttestationStatus.UnsupportedFormat },
        { "an older bundle", AttestationStatus.UnsupportedFormat },
        { "two signatures", AttestationStatus.Malformed },
        { "no signature", AttestationStatus.Malformed },
        { "no envelope", AttestationStatus.Malformed },
        { "two layers", AttestationStatus.Malformed },
        { "a payload of another type, signed", AttestationStatus.Malformed },
        { "a key twice in the bundle", AttestationStatus.Malformed },
        { "a key twice in the statement", AttestationStatus.Malformed },
        { "a statement of another version", AttestationStatus.Malformed },
        { "about nothing", AttestationStatus.Malformed },
        { "a subject without digest", AttestationStatus.Malformed },
        { "a subject with an empty digest", AttestationStatus.Malformed },
        { "no predicate", AttestationStatus.Malformed },
        { "a predicate that is a list", AttestationStatus.Malformed },
        { "a kind that is no URI", AttestationStatus.Malformed },
        { "a statement that is no object", AttestationStatus.Malformed },
        { "an oversized bundle", AttestationStatus.TooLarge },
        { "another image", AttestationStatus.SubjectMismatch },
        { "the digest in capitals", AttestationStatus.SubjectMismatch },
        { "the digest under another algorithm", AttestationStatus.SubjectMismatch },
        { "a subject that is named like the image", AttestationStatus.SubjectMismatch },
        { "listed as another kind", AttestationStatus.PredicateInvalid },
        { "a provenance without builder", AttestationStatus.PredicateInvalid },
        { "a provenance without parameters", AttestationStatus.PredicateInvalid },
        { "dependencies that are none", AttestationStatus.PredicateInvalid },
        { "a digest that is a number", AttestationStatus.PredicateInvalid },
        { "another builder", AttestationStatus.BuilderMismatch },
        { "a builder whose name begins alike", AttestationStatus.BuilderMismatch },
        { "another way of building", AttestationStatus.BuildTypeMismatch },
        { "another source", AttestationStatus.SourceMismatch },
        { "a source besides", AttestationStatus.SourceMismatch },
        { "no source", AttestationStatus.SourceMismatch },
        { "a material without digest", AttestationStatus.MaterialNotPinned },
        { "a material with MD5 alone", AttestationStatus.MaterialNotPinned },
        { "a material with a digest that is none", AttestationStatus.MaterialNotPinned },
        { "no materials", AttestationStatus.MaterialNotPinned },
    };

    [Theory, MemberData(nameof(BadOnes))]
    public async Task IsRefusedWithTheRightStatus(string what, AttestationStatus expected)
    {
        string image = await _room.ImageAsync();
        JObject statement = StrictJson.ParseObject(await StatementAsync(image), "s");
        JObject definition = (JObject)statement["predicate"]!["buildDefinition"]!, subject = (JObject)statement["subject"]![0]!, digest = (JObject)subject["digest"]!;
        JArray materials = (JArray)definition["resolvedDependencies"]!;
        string listed = PredicateKind.Provenance, type = CosignNames.Bundle, key = "mine", payloadType = CosignNames.InToto;
        int layers = 1;
        Func<JObject, byte[]> write = CanonicalJson.WriteCompact;
        Func<byte[], byte[]> payload = bytes => bytes;
        Func<JObject, Task> bundle = _ => Task.CompletedTask;
        JObject Envelope(JObject of) => (JObject)of["dsseEnvelope"]!;
        JObject Signature(JObject of) => (JObject)Envelope(of)["signatures"]![0]!;
        switch (what)
        {
            case "the payload was changed":
                bundle = of => Task.FromResult(Envelope(of)["payload"] = Convert.ToBase64String([.. Convert.FromBase64String((string)Envelope(of)["payload"]!), (byte)' ']));
                break;
            case "the signature was changed":
                bundle = of => Task.FromResult(Signature(of)["sig"] = Convert.ToBase64String([.. Convert.FromBase64String((string)Signature(of)["sig"]!).Reverse()]));
                break;
            case "the payload's type was changed":
                bundle = of => Task.FromResult(Envelope(of)["payloadType"] = "application/json");
                break;
            case "the signature is of another statement":
                bundle = async of => Signature(of)["sig"] = Signature(await _room.SignedAsync("{}"u8.ToArray()))["sig"];
                break;
            case "another key":
                key = "other";
                break;
            case "another key under a trusted key's name":
                key = "other";
                bundle = async of =>
                {
                    JObject mine = await _room.SignedAsync("{}"u8.ToArray());
                    of["verificationMaterial"] = mine["verificationMaterial"];
                    Signature(of)["keyid"] = mine["verificationMaterial"]!["publicKey"]!["hint"];
                };
                break;
            case "no key of one's own":
                key = "other";
                bundle = of => Task.FromResult(of["verificationMaterial"] = TestAuthority.KeylessMaterial());
                break;
            case "an older bundle":
                type = CosignNames.BundlePrefix + ".v0.2+json";
                break;
            case "two signatures":
                bundle = of => Task.Run(() => ((JArray)Envelope(of)["signatures"]!).Add(Signature(of).DeepClone()));
                break;
            case "no signature":
                bundle = of => Task.FromResult(Envelope(of)["signatures"] = new JArray());
                break;
            case "no envelope":
                bundle = of => Task.FromResult(of.Remove("dsseEnvelope"));
                break;
            case "two layers":
                layers = 2;
                break;
            case "a payload of another type, signed":
                payloadType = "application/json";
                break;
            case "a key twice in the bundle":
                write = of => Encoding.UTF8.GetBytes("{\"mediaType\":\"x\"," + Encoding.UTF8.GetString(CanonicalJson.WriteCompact(of))[1..]);
                break;
            case "a key twice in the statement":
                payload = bytes => Encoding.UTF8.GetBytes("{\"predicateType\":\"https://x.org\"," + Encoding.UTF8.GetString(bytes)[1..]);
                break;
            case "a statement of another version":
                statement["_type"] = "https://in-toto.io/Statement/v2";
                break;
            case "about nothing":
                statement["subject"] = new JArray();
                break;
            case "a subject without digest":
                subject.Remove("digest");
                break;
            case "a subject with an empty digest":
                digest["sha256"] = "";
                break;
            case "no predicate":
                statement.Remove("predicate");
                break;
            case "a predicate that is a list":
                statement["predicate"] = new JArray();
                break;
            case "a kind that is no URI":
                statement["predicateType"] = "provenance";
                break;
            case "a statement that is no object":
                payload = _ => "[]"u8.ToArray();
                break;
            case "an oversized bundle":
                write = _ => new byte[SigstoreBundle.MaxBytes + 1];
                break;
            case "another image":
                digest["sha256"] = Digest.Of("another"u8).Hex;
                break;
            case "the digest in capitals":
                digest["sha256"] = ((string)digest["sha256"]!).ToUpperInvariant();
                break;
            case "the digest under another algorithm":
                subject["digest"] = new JObject { ["sha512"] = digest["sha256"] };
                break;
            case "a subject that is named like the image":
                subject["name"] = image;
                subject["digest"] = new JObject { ["sha1"] = new string('a', 40) };
                break;
            case "listed as another kind":
                listed = PredicateKind.Spdx;
                break;
            case "a provenance without builder":
                statement["predicate"]!["runDetails"] = new JObject();
                break;
            case "a provenance without parameters":
                definition.Remove("externalParameters");
                break;
            case "dependencies that are none":
                definition["resolvedDependencies"] = new JArray("x");
                break;
            case "a digest that is a number":
                materials[0]["digest"] = new JObject { ["sha256"] = 1 };
                break;
            case "another builder":
                statement["predicate"]!["runDetails"]!["builder"]!["id"] = "https://evil.example.org/runner";
                break;
            case "a builder whose name begins alike":
                statement["predicate"]!["runDetails"]!["builder"]!["id"] = AttestationRoom.Builder + "2";
                break;
            case "another way of building":
                definition["buildType"] = "https://example.org/make";
                break;
            case "another source":
                definition["externalParameters"]!["source"] = "https://git.evil.org/images";
                break;
            case "a source besides":
                materials.Add(new JObject { ["uri"] = "git+https://git.evil.org/x@refs/heads/main", ["digest"] = new JObject { ["gitCommit"] = new string('b', 40) } });
                break;
            case "no source":
                ((JObject)definition["externalParameters"]!).Remove("source");
                materials.RemoveAt(0);
                break;
            case "a material without digest":
                materials.Add(new JObject { ["name"] = "loose" });
                break;
            case "a material with MD5 alone":
                materials.Add(new JObject { ["name"] = "loose", ["digest"] = new JObject { ["md5"] = new string('a', 40) } });
                break;
            case "a material with a digest that is none":
                materials.Add(new JObject { ["name"] = "loose", ["digest"] = new JObject { ["sha256"] = "latest" } });
                break;
            case "no materials":
                definition["externalParameters"]!["source"] = "https://git.example.org/images";
                definition.Remove("resolvedDependencies");
                break;
            default:
                throw new InvalidOperationException(what);
        }

        JObject signed = await _room.SignedAsync(payload(CanonicalJson.WriteCompact(statement)), key, payloadType);
        await bundle(signed);
        await _room.PutAsync(image, write(signed), listed, type, layers);
        AttestationPolicy policy = _room.Trusting() with { BuilderIds = [AttestationRoom.Builder], BuildTypes = ["urn:baseimage:build:definition:v1"], Sources = ["https://git.example.org/*"], RequirePinned = true };
        AttestationResult result = await _room.Tester.TestAsync(image, policy, Token);
        Assert.Equal((expected, false), (result.Status, result.IsTrusted));
        Assert.False(string.IsNullOrWhiteSpace(result.Message));
        Assert.DoesNotContain(result.Message, char.IsControl);
        Assert.NotEmpty(await _room.Reading.ReadAsync(image, Token).ToListAsync(Token));
    }

    [Theory]
    [InlineData(PredicateKind.Spdx)]
    [InlineData(PredicateKind.CycloneDx)]
    public async Task ABillOfMaterialsThatIsNoneIsNone(string kind)
    {
        string image = await _room.ImageAsync();
        await _room.PutAsync(image, CanonicalJson.WriteCompact(await _room.SignedAsync(InTotoStatement.Of(ImageReference.Parse(image).Digest, "", kind, new JObject { ["spdxVersion"] = 2, ["bomFormat"] = "x" }).Write())), kind);
        Assert.Equal(AttestationStatus.PredicateInvalid, (await _room.Tester.TestAsync(image, _room.Trusting() with { PredicateType = kind }, Token)).Status);
    }

    [Fact]
    public async Task ASignatureIsNoAttestation()
    {
        string image = await _room.ImageAsync();
        await _room.PutAsync(image, CanonicalJson.WriteCompact(await _room.SignedAsync(InTotoStatement.Of(ImageReference.Parse(image).Digest, "", CosignNames.SignPredicate, []).Write())), CosignNames.SignPredicate);
        Assert.Empty(await _room.Reading.ReadAsync(image, Token).ToListAsync(Token));
        Assert.Equal(AttestationStatus.NotAttested, (await _room.Tester.TestAsync(image, _room.Trusting(), Token)).Status);
    }

    [Fact]
    public async Task NoMutationOfWhatIsKeptIsTrustedAsAnythingElse()
    {
        string image = await _room.ImageAsync();
        Digest subject = ImageReference.Parse(image).Digest;
        byte[] bundle = CanonicalJson.WriteCompact(await _room.SignedAsync(await StatementAsync(image)));
        byte[] statement = await StatementAsync(image);
        using Engine.Trust.Keys.VerificationKey key = (await Engine.Trust.Keys.VerificationKey.ReadAsync(_room.Combine("mine.pub"), Token))[0];
        int read = 0;
        for (int seed = 0; seed < 3_000; seed++)
        {
            Random random = new(seed);
            byte[] mutated = [.. bundle];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(7));
            }

            try
            {
                SigstoreBundle parsed = SigstoreBundle.Parse(mutated, "bundle");
                Assert.True(parsed.Envelope.Verify([key]) is null || parsed.Envelope.Payload.Span.SequenceEqual(statement), $"seed {seed}");
                read++;
            }
            catch (Exception e) when (e is JsonInvalidException or SignatureEnvelopeInvalidException)
            {
            }

            byte[] inside = [.. statement];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                inside[random.Next(inside.Length)] = (byte)random.Next(256);
            }

            try
            {
                InTotoStatement parsed = InTotoStatement.Parse(inside, "statement");
                Assert.True(!parsed.IsAbout(subject) || Encoding.UTF8.GetString(inside).Contains(subject.Hex, StringComparison.Ordinal));
                _ = SlsaProvenance.Parse(parsed.Predicate, "provenance");
                read++;
            }
            catch (StatementInvalidException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
        }

        Assert.True(read > 100, $"only {read} mutations were read at all");
    }

    private static Task<byte[]> StatementAsync(string image)
        => Task.FromResult(InTotoStatement.Of(ImageReference.Parse(image).Digest, "", PredicateKind.Provenance, AttestationRoom.Predicate(AttestationRoom.Built())).Write());
}

/// <summary>Collects what is listed.</summary>
internal static class Listing
{
    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> items, CancellationToken token)
    {
        List<T> list = [];
        await foreach (T item in items.WithCancellation(token))
        {
            list.Add(item);
        }

        return list;
    }
}
