using System.Text;
using BaseImage.Engine.Images.Registry;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>What registries and files of credentials say is read to the letter, and anything else refused without a crash.</summary>
public sealed class RegistryParsingTests
{
    [Theory]
    [InlineData("""Bearer realm="https://a.test/token",service="x",scope="repository:a:pull,push" """, "bearer:realm=https://a.test/token;scope=repository:a:pull,push;service=x")]
    [InlineData("""bearer realm="a\"b" , service=plain""", "bearer:realm=a\"b;service=plain")]
    [InlineData("""Basic realm="r", Bearer realm="t",service="s" """, "basic:realm=r|bearer:realm=t;service=s")]
    [InlineData("Negotiate", "negotiate:")]
    [InlineData("Negotiate, Basic realm=x", "negotiate:|basic:realm=x")]
    [InlineData("""Digest qop="auth,auth-int" """, "digest:qop=auth,auth-int")]
    [InlineData("", "")]
    [InlineData("""Bearer realm="unclosed""", null)]
    [InlineData("""Bearer realm="a",realm="b" """, null)]
    [InlineData("""Bearer realm=""", null)]
    [InlineData("=x", null)]
    [InlineData("Bearer realm=\"a\u0001\"", null)]
    public void ChallengesAreRead(string field, string? expected)
        => Assert.Equal(expected, AuthChallenge.Parse(field) is { } found ? string.Join('|', found.Select(c => $"{c.Scheme}:{string.Join(';', c.Parameters.Select(p => $"{p.Key}={p.Value}"))}")) : null);

    [Fact]
    public void AChallengeThatIsWrittenIsReadBack()
        => Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<string>>(), values =>
        {
            string[] texts = [.. values.Get.Take(20).Select(text => new string([.. (text ?? "").Where(c => !char.IsControl(c))]))];
            string field = "Bearer " + string.Join(", ", texts.Select((text, i) => $"p{i}=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
            IReadOnlyList<AuthChallenge>? found = AuthChallenge.Parse(field);
            return field.Length > 16384 || found is [{ Scheme: "bearer" } one] && texts.Select((text, i) => (text, i)).All(pair => one[$"p{pair.i}"] == pair.text);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""</v2/a/tags/list?last=b&n=2>; rel="next" """, "/v2/a/tags/list?last=b&n=2")]
    [InlineData("""</p>; rel=prev, </n,1>; title="a,<b>"; rel="x next" """, "/n,1")]
    [InlineData("""</n>; REL=next""", "/n")]
    [InlineData("""</p>; rel="prev" """, null)]
    [InlineData("</n>", null)]
    [InlineData("<unclosed", null)]
    [InlineData("", null)]
    public void LinksAreRead(string field, string? expected) => Assert.Equal(expected, RegistryHeaders.NextLink([field]));

    [Theory]
    [InlineData("0-1023", 1024L)]
    [InlineData("bytes=0-9", 10L)]
    [InlineData("0-0", 1L)]
    [InlineData("1-5", null)]
    [InlineData("0-", null)]
    [InlineData("-5", null)]
    [InlineData("0--5", null)]
    [InlineData("0-99999999999999999999", null)]
    [InlineData("0-9223372036854775807", null)]
    public void RangesOfUploadsAreRead(string field, long? expected) => Assert.Equal(expected, RegistryHeaders.UploadedBytes(field));

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine")]
    [InlineData("team/base", "docker.io/team/base")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine")]
    [InlineData("index.docker.io/team/a", "docker.io/team/a")]
    [InlineData("localhost/a", "localhost/a")]
    [InlineData("host:5000/a/b", "host:5000/a/b")]
    [InlineData("Reg.Test/a", "reg.test/a")]
    [InlineData("[::1]:5000/a", "[::1]:5000/a")]
    public void NamesLeadWhereSkopeoTakesThem(string name, string expected) => Assert.Equal(expected, RegistryName.Parse(name).ToString());

    [Theory]
    [InlineData("reg.test/team/base", "joe:one")]
    [InlineData("reg.test/team/other", "ann:two")]
    [InlineData("reg.test/else", "bob:three")]
    [InlineData("old.test/x", "eve:four")]
    [InlineData("alpine", "hub:five")]
    [InlineData("none.test/x", null)]
    [InlineData("empty.test/x", null)]
    public void TheMostSpecialCredentialIsFound(string name, string? expected)
    {
        static string Auth(string pair) => $$$"""{"auth":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}}}"}""";
        AuthFile file = AuthFile.Parse("f", Encoding.UTF8.GetBytes($$$"""
            {"auths":{"reg.test":{{{Auth("bob:three")}}},"reg.test/team":{{{Auth("ann:two")}}},"reg.test/team/base":{{{Auth("joe:one")}}},
            "https://old.test/v2/":{{{Auth("eve:four")}}},"https://index.docker.io/v1/":{{{Auth("hub:five")}}},"empty.test":{}},"HttpHeaders":{"a":"b"}}
            """));
        RegistryCredential? found = file.Find(RegistryName.Parse(name));
        Assert.Equal(expected, found is null ? null : $"{found.User}:{found.Secret}");
    }

    [Theory]
    [InlineData("""{"credHelpers":{"reg.test":"../../evil"}}""")]
    [InlineData("""{"credsStore":"a b"}""")]
    [InlineData("""{"credsStore":"-x"}""")]
    public void AHelperThatIsNoPlainNameIsRefused(string json)
        => Assert.Throws<RegistrySettingsInvalidException>(() => AuthFile.Parse("f", Encoding.UTF8.GetBytes(json)).HelperFor(RegistryName.Parse("reg.test/a")));

    [Fact]
    public void NoMutationOfAFileOfCredentialsCrashesOrShowsWhatItHolds()
    {
        const string Secret = "canary-secret";
        byte[] good = Encoding.UTF8.GetBytes($$$"""{"auths":{"reg.test":{"auth":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes("joe:" + Secret))}}}","identitytoken":"{{{Secret}}}"}},"credHelpers":{"b.test":"keep"},"credsStore":"os"}""");
        Random random = new(20261129);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = [.. good];
            for (int k = random.Next(1, 4); k > 0; k--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                AuthFile file = AuthFile.Parse("f", bytes.AsMemory(0, random.Next(10) == 0 ? random.Next(bytes.Length) : bytes.Length));
                file.Find(RegistryName.Parse("reg.test/a"));
                file.HelperFor(RegistryName.Parse("b.test/a"));
            }
            catch (RegistrySettingsInvalidException e)
            {
                Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void NoMutationOfAFieldCrashes()
    {
        string[] good = ["""Bearer realm="https://a.test/token",service="x",scope="repository:a:pull" """, """</v2/a/tags/list?last=b>; rel="next", </x>; rel=prev""", "bytes=0-1023"];
        Random random = new(42);
        for (int i = 0; i < 20_000; i++)
        {
            StringBuilder text = new(good[i % good.Length]);
            for (int k = random.Next(1, 5); k > 0; k--)
            {
                text[random.Next(text.Length)] = "\"\\<>;,= \t\0a0-\u20ac"[random.Next(14)];
            }

            AuthChallenge.Parse(text.ToString());
            RegistryHeaders.NextLink([text.ToString()]);
            RegistryHeaders.UploadedBytes(text.ToString());
        }
    }
}
