using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Building.Synthesis;

namespace BaseImage.Engine.Tests.Building;

public sealed class SubjectHashTests
{
    [Fact]
    public async Task Agrees_with_openssl_on_every_certificate_of_the_system()
    {
        string openssl = Tools.Require("openssl");
        Tools.Require(Directory.Exists("/usr/share/ca-certificates"), "ca-certificates is not installed");
        string[] files = Directory.GetFiles("/usr/share/ca-certificates", "*.crt", SearchOption.AllDirectories);
        Assert.True(files.Length > 100);
        string script = string.Join('\n', files.Select(file => $"openssl x509 -noout -hash -in '{file}'"));
        string[] expected = (await Tools.RunAsync("/bin/sh", ["-eu"], script)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] actual = files.Select(file => SubjectHash.Of(Der(File.ReadAllText(file)))).ToArray();
        Assert.Equal(expected, actual);
        Assert.NotEmpty(openssl);
    }

    [Theory]
    [InlineData("-utf8", "/CN=  Ängström   Labs \t\tGmbH ")]
    [InlineData("-utf8", "/C=DE/O=MiXeD Case/OU=a/CN=B+UID=z+SN=q")]
    [InlineData("-utf8", "/emailAddress=Root@Example.org/CN=\u4e2d\u6587 ABC")]
    [InlineData("-utf8", "/CN=")]
    [InlineData("-latin", "/CN=caf\u00e9  TEST")]
    [InlineData("-bmp", "/CN=\u00c4 BMP  String")]
    public async Task Agrees_with_openssl_on_awkward_names(string kind, string subject)
    {
        Tools.Require("openssl");
        using TempFolder folder = new();
        string mask = kind switch { "-bmp" => "MASK:0x800", "-latin" => "MASK:0x4", _ => "utf8only" };
        await File.WriteAllTextAsync(folder.Combine("c.cnf"), $"[req]\nstring_mask={mask}\nutf8=yes\ndistinguished_name=dn\n[dn]\n");
        (int code, _, string error) = await Tools.TryRunAsync("openssl", ["req", "-new", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder.Combine("k"),
            "-out", folder.Combine("c.pem"), "-subj", subject, "-multivalue-rdn", "-utf8", "-config", folder.Combine("c.cnf")]);
        Assert.True(code == 0, error);
        string expected = (await Tools.RunAsync("openssl", ["x509", "-noout", "-hash", "-in", folder.Combine("c.pem")])).Trim();
        Assert.Equal(expected, SubjectHash.Of(Der(await File.ReadAllTextAsync(folder.Combine("c.pem")))));
    }

    [Fact]
    public void What_is_no_certificate_is_refused_by_one_kind_of_error()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] whole = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)).RawData;
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.ThrowsAny<System.Formats.Asn1.AsnContentException>(() => SubjectHash.Of(cut));
        }

        Assert.Equal(8, SubjectHash.Of(whole).Length);
        Assert.ThrowsAny<System.Formats.Asn1.AsnContentException>(() => SubjectHash.Of(Encoding.ASCII.GetBytes("nonsense")));
    }

    private static byte[] Der(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
}
