using System.Text;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Trust;

public sealed class DsseEnvelopeTests
{
    private const string Type = "application/vnd.in-toto+json";

    [Fact]
    public void The_signed_bytes_are_the_ones_of_the_specification()
        => Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(DsseEnvelope.PreAuthenticationEncoding("http://example.com/HelloWorld", "hello world"u8)));

    [Fact]
    public void Lengths_are_of_bytes_and_not_of_characters()
        => Assert.Equal("DSSEv1 4 t\u00e9s 2 \u00e9", Encoding.UTF8.GetString(DsseEnvelope.PreAuthenticationEncoding("t\u00e9s", "\u00e9"u8)));

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    [InlineData("RSA-2048")]
    [InlineData("RSA-3072")]
    public void What_a_key_signs_its_public_half_verifies_and_no_other_does(string kind)
    {
        using SigningKey key = Key(kind), other = Key(kind);
        DsseEnvelope read = DsseEnvelope.Parse(DsseEnvelope.Sign(Type, "{}"u8.ToArray(), key).Write(), "envelope");
        Assert.Equal("{}", Encoding.UTF8.GetString(read.Payload.Span));
        Assert.Equal("", Assert.Single(read.Signatures).KeyId);
        Assert.Same(key.Public, read.Verify([other.Public, key.Public]));
        Assert.Null(read.Verify([other.Public]));
        Assert.Null(read.Verify([]));
        Assert.Null((read with { PayloadType = Type + " " }).Verify([key.Public]));
        Assert.Null((read with { Payload = "{ }"u8.ToArray() }).Verify([key.Public]));
    }

    [Fact]
    public void A_key_id_decides_nothing()
    {
        using SigningKey key = Key("P-256"), other = Key("P-256");
        DsseEnvelope envelope = DsseEnvelope.Sign(Type, "{}"u8.ToArray(), key);
        DsseEnvelope claimed = envelope with { Signatures = [envelope.Signatures[0] with { KeyId = other.Public.Hint }] };
        Assert.Same(key.Public, claimed.Verify([other.Public, key.Public]));
        Assert.Null(claimed.Verify([other.Public]));
    }

    [Theory]
    [InlineData("_-8=")]
    [InlineData("_-8")]
    [InlineData("/+8=")]
    public void Both_alphabets_are_read(string payload)
        => Assert.Equal([0xFF, 0xEF], DsseEnvelope.Parse(Encoding.UTF8.GetBytes($$"""{"payloadType":"t","payload":"{{payload}}","signatures":[{"sig":"AA=="}]}"""), "envelope").Payload.ToArray());

    [Theory]
    [InlineData("""{"payloadType":"t","payload":"AA==","signatures":[]}""")]
    [InlineData("""{"payloadType":"t","payload":"AA=="}""")]
    [InlineData("""{"payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payloadType":7,"payload":"AA==","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payloadType":"t","payload":"AA==","signatures":[{}]}""")]
    [InlineData("""{"payloadType":"t","payload":"AA==","signatures":[7]}""")]
    [InlineData("""{"payloadType":"t","payload":"AB==","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payloadType":"t","payload":"A A=","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payloadType":"t","payload":"/-8=","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payloadType":"t","payload":"AA==","payload":"AA==","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void What_is_no_envelope_is_refused(string text)
        => Assert.True(Assert.ThrowsAny<BaseImageException>(() => DsseEnvelope.Parse(Encoding.UTF8.GetBytes(text), "envelope")) is SignatureEnvelopeInvalidException or JsonInvalidException);

    [Fact]
    public void No_changed_byte_verifies_as_something_else()
    {
        using SigningKey key = Key("P-256");
        byte[] good = DsseEnvelope.Sign(Type, "{\"a\":1}"u8.ToArray(), key).Write();
        DsseEnvelope original = DsseEnvelope.Parse(good, "envelope");
        Random random = new(20260601);
        for (int i = 0; i < good.Length * 4; i++)
        {
            byte[] bad = [.. good];
            bad[i % good.Length] ^= (byte)random.Next(1, 256);
            try
            {
                DsseEnvelope read = DsseEnvelope.Parse(bad, "envelope");
                bool same = read.PayloadType == original.PayloadType && read.Payload.Span.SequenceEqual(original.Payload.Span)
                    && read.Signatures[0].Value.Span.SequenceEqual(original.Signatures[0].Value.Span);
                Assert.True(same || read.Verify([key.Public]) is null, $"byte {i % good.Length} became {bad[i % good.Length]:x2}");
            }
            catch (BaseImageException e)
            {
                Assert.True(e is SignatureEnvelopeInvalidException or JsonInvalidException, e.ToString());
            }
        }
    }

    private static SigningKey Key(string kind) => new(TestAuthority.NewKey(kind), [], kind);
}
