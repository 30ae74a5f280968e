using System.Text;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Keys;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>
/// Bundles that npm's @sigstore/sign 4 wrote (DSSEBundleBuilder, a key made for each, no witnesses), with the statement of a cosign
/// signature of an image whose digest is zeros. They are this project's own: made once, by a script of ten lines.
/// </summary>
public sealed class NpmBundleTests
{
    public static TheoryData<string, string, string> Bundles => new()
    {
        {
            "P-256",
            """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"6ozefzsWHGxh3ck9+w/PiKb3lmdoG043DhHuwhfkGNs="},"timestampVerificationData":{}},"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsInByZWRpY2F0ZSI6e319","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEYCIQCYuIlnYaYkKr9AkJ2BltkHYCgLj0EgBgWqiyZ1slu1BQIhAL4DjxudqR0nQdhPcVz02+ik91aQqKwlemT5y4LihJ9d","keyid":"6ozefzsWHGxh3ck9+w/PiKb3lmdoG043DhHuwhfkGNs="}]}}""",
            """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcHi9rJLTMA0AJRLtng5rDBj5Jd4D
            dU7bYUWVck5VQZbV0dgpBfEME21BRcqQEdilnxS8tS9DvoZVScEzCG4PQQ==
            -----END PUBLIC KEY-----
            """
        },
        {
            "P-384",
            """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"C9EjNurh+PpDfUW3sIUhJ4hPy9gPY43bJ3OuFS7qZxo="},"timestampVerificationData":{}},"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsInByZWRpY2F0ZSI6e319","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MGUCMQCl677HSUT14CeFvfZD0gUDyWBwsTlKlk3+KsGnCA7tF2wT3Gt79zu9umEqlYjEKNUCMHMfm4pzVrXrcJXxq7sGwtTPSto9Z0O1UI/bw5R3ZSXxz0s1Uc3NNV3yL84ZmEEbLA==","keyid":"C9EjNurh+PpDfUW3sIUhJ4hPy9gPY43bJ3OuFS7qZxo="}]}}""",
            """
            -----BEGIN PUBLIC KEY-----
            MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEyRrARrNfI91Nu6HfXkYK3W3q2rfX70HJ
            6ygOoUKTzBKTQpFj/KlXSZ+ikh8VI3grQuslb4eJRWtcEVQLponciBuXc7WODh4S
            T83HXrZdDscS6djNBG572ZpUs26l516T
            -----END PUBLIC KEY-----
            """
        },
        {
            "P-521",
            """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"WTSeK4fgbS0IQ92SdO0UybHFm5Vi8MLfvMA6Ck7RBXo="},"timestampVerificationData":{}},"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsInByZWRpY2F0ZSI6e319","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MIGGAkFCRw/iXKi5c4HheNazTegFUTxwmUmXr2195YKJ8IfKK6pd3RKouglviSXjUEWRN4tDhVC6uZgHs8EAmLFlTc24IwJBDuKCJk+W/63u9OvNqtFJrBdmR+YiFxmdpEkhzoNTZPhduz+IM+ZHwP+4L7MRmeCmGYzaIABiqIAxpkQsN9zRyM0=","keyid":"WTSeK4fgbS0IQ92SdO0UybHFm5Vi8MLfvMA6Ck7RBXo="}]}}""",
            """
            -----BEGIN PUBLIC KEY-----
            MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAVcQmizmOz+HZRyEuyF5ksVXYECdr
            DM3mPYr8ORb+PEQN/KIfm78LgkU2XpOqtQSNvV/+CqM1G+IsLure0e2824QBzvT2
            cjPV4t9EFMKNHSOBrssDK9BanBG5pcnbwm8wYz/uBHW+nxgW6HaP7wfPWYoEnOvn
            i4mBSIxGT/dmynAJo6U=
            -----END PUBLIC KEY-----
            """
        },
        {
            "RSA-2048",
            """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"ZgJiEgTmt2JHr37aU63mufAcPKxFQNOtGs0mpp2RflY="},"timestampVerificationData":{}},"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsInByZWRpY2F0ZSI6e319","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"IQz185ukDVpeA9/FHZ8PH5NyG/trSv0AmwRAgGNP6PzwfZ+fvD1eXH9bzMlL4o0SEDsf2dMFAJ6YnKXgP8l+6DWJmAUczLLHDjNhrb4bMpS1AYdqQkpii2hx73WjnG4R/grgKdet7yxO9SbSCRsFxuY9JqhigukddHzDE+CiDn39SY+KJ2Eewn3ogbvR8xbcu1uMQptJf5ARa0c9YWb/xVTp1k8d9XTzqJS42rzCiHK5qY6AiYk97U/JyzihPO+RBm5vjkmehgkeXQV3QnokOHeeqvM+bSIgX/xFGbWA0keMTMcdH41YvdoAA0dy59XpC9xslpVyojmdc7FyBZrVMw==","keyid":"ZgJiEgTmt2JHr37aU63mufAcPKxFQNOtGs0mpp2RflY="}]}}""",
            """
            -----BEGIN PUBLIC KEY-----
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApZFo99azAucl1dWG3S1/
            Oe7lwCwHWamk0PzyB0luEUwBTSpHt2Hq7HyfxBDLaamKYqdZiGdpCxsq+guduvDW
            heeU6Rh59kqbwO4ZRGtYqLYi1mDwZ1rJCDJsj1xMrgV9Xu4ODQlmgvCXUFQlqCNg
            9S5KY7wyr2xqIqpI3m2q+cLoSuK7ciB6HBhLN5WrFRITTjqpj2T10QJ2jcCZi2E1
            J1j7EuRtUe6OW6aUkiSoi28H/rL1OqMQZyM1Ob++O4tQDlhenqhQu2t0CFv9bdWd
            33ZZZ7OxZBLXxecQces9EPbVpsYsEsYIlaJo5hu4BjB/ckI9lP3ZF/xUhK/J+Rk5
            2wIDAQAB
            -----END PUBLIC KEY-----
            """
        },
    };

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Bundles_of_npms_sigstore_packages_verify_under_their_key_alone(string kind, string json, string publicKey)
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("key.pub"), publicKey, TestContext.Current.CancellationToken);
        using VerificationKey key = Assert.Single(await VerificationKey.ReadAsync(folder.Combine("key.pub"), TestContext.Current.CancellationToken));
        SigstoreBundle bundle = SigstoreBundle.Parse(Encoding.UTF8.GetBytes(json), kind);
        Assert.Equal((key.Hint, false), (bundle.KeyHint, bundle.IsKeyless));
        Assert.Same(key, bundle.Envelope.Verify([key]));
        using SigningKey other = TestAuthority.SelfSigned(key: kind).SigningKey();
        Assert.Null(bundle.Envelope.Verify([other.Public]));
        Assert.Null((bundle.Envelope with { Payload = bundle.Envelope.Payload[..^1] }).Verify([key]));
        Assert.Equal(Digest.FromSha256Hex(new string('0', 64)), BundleSignature.Read(Encoding.UTF8.GetBytes(json))!.Target.Digest);
    }
}
