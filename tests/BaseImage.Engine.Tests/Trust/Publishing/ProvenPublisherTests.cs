using System.Security.Cryptography;
using BaseImage.Engine.Trust.Publishing;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Trust.Publishing;

/// <summary>No tag leads to an image before what proves it is there.</summary>
public sealed class ProvenPublisherTests : IPublishImage, ISignImage, IAttestImage, IDisposable
{
    private readonly TempFolder _folder = new("publish");
    private readonly List<string> _steps = [];
    private string _fails = "";

    private static string Pinned => "docker://registry.test/web@" + Digest.Of("image"u8);

    private PublishRequest Request => new()
    {
        Reference = "oci:/images/web",
        Destination = "docker://registry.test/web",
        Tags = ["1"],
        Platform = Platform.LinuxAmd64,
        Proof = new PublishingProof { Key = new SigningKeySource { KeyPath = _folder.Combine("mine.pem") }, Formats = [SignatureFormat.Notation, SignatureFormat.Cosign], Sboms = [SbomFormat.Spdx] },
    };

    public ProvenPublisherTests()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_folder.Combine("mine.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_that_does_not_open_is_told_before_anything_is_sent()
    {
        File.WriteAllText(_folder.Combine("mine.pem"), "no key");
        await Assert.ThrowsAsync<KeyInvalidException>(() => PublishAsync(Request));
        Assert.Empty(_steps);
    }

    [Fact]
    public async Task The_image_goes_first_and_the_tags_last()
    {
        PublishedImage published = await PublishAsync(Request);
        Assert.Equal(["push oci:/images/web", $"sign {Pinned} Notation", $"sign {Pinned} Cosign", $"state {Pinned}", $"tag {Pinned}"], _steps);
        Assert.Equal(["1"], published.Tags);
        Assert.Equal((2, 1), (published.Signatures.Count, published.Attestations.Count));
        Assert.Equal(7, published.BlobsCopied);
    }

    [Theory]
    [InlineData("sign")]
    [InlineData("state")]
    public async Task What_cannot_be_proved_gets_no_tag(string step)
    {
        _fails = step;
        await Assert.ThrowsAsync<ImageLimitExceededException>(() => PublishAsync(Request));
        Assert.DoesNotContain(_steps, done => done.StartsWith("tag", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_a_place_for_a_timestamp_gets_one()
    {
        PublishingProof proof = Request.Proof! with { TimestampUrl = new Uri("http://stamps.test/"), Sboms = [], Formats = [SignatureFormat.Cms, SignatureFormat.CosignBundle] };
        await PublishAsync(Request with { Proof = proof });
        Assert.Equal([$"sign {Pinned} Cms stamped", $"sign {Pinned} CosignBundle"], _steps.Where(step => step.StartsWith("sign", StringComparison.Ordinal)));

        // Alone it is asked for all the same, so that the signer says why there is none.
        _steps.Clear();
        await PublishAsync(Request with { Proof = proof with { Formats = [SignatureFormat.Cosign] } });
        Assert.Contains($"sign {Pinned} Cosign stamped", _steps);
    }

    [Fact]
    public async Task Without_a_key_it_is_one_push()
    {
        await PublishAsync(Request with { Proof = null });
        Assert.Equal(["tag oci:/images/web"], _steps);
    }

    private Task<PublishedImage> PublishAsync(PublishRequest request) => new ProvenPublisher(this, this, this).PublishAsync(request, SilentReporter.Instance, TestContext.Current.CancellationToken);

    Task<PublishedImage> IPublishImage.PublishAsync(PublishRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        Step(request.WithoutTags ? "push" : "tag", request.Reference);
        return Task.FromResult(new PublishedImage { Reference = Pinned, Digest = Digest.Of("image"u8), Source = request.Reference, Tags = request.WithoutTags ? [] : [.. request.Tags], BlobsCopied = request.WithoutTags ? 7 : 0 });
    }

    Task<ImageSignature> ISignImage.SignAsync(SigningRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        Step("sign", $"{request.Image} {request.Format}{(request.TimestampUrl is null ? "" : " stamped")}");
        return Task.FromResult(new ImageSignature { Image = request.Image, Format = request.Format });
    }

    Task<IReadOnlyList<ImageAttestation>> IAttestImage.AttestAsync(AttestationRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        Step("state", request.Image);
        return Task.FromResult<IReadOnlyList<ImageAttestation>>([new ImageAttestation { Image = request.Image }]);
    }

    private void Step(string what, string about)
    {
        if (what == _fails)
        {
            throw new ImageLimitExceededException(about, "it cannot be");
        }

        _steps.Add($"{what} {about}");
    }
}
