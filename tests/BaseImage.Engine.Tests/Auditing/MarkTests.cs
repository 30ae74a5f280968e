using System.Text;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Layers;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Auditing;

public class MarkTests
{
    [Theory]
    [InlineData("a.pyc", "A70D0D0A00000000112233440000000000", ContentMark.TimedByteCode)]
    [InlineData("a.pyc", "A70D0D0A01000000112233440000000000", ContentMark.HashedByteCode)]
    [InlineData("a.pyc", "A70D0D0A03000000112233440000000000", ContentMark.HashedByteCode)]
    [InlineData("a.txt", "A70D0D0A00000000112233440000000000", ContentMark.None)]
    [InlineData("core", "7F454C4602010100000000000000000004003E00", ContentMark.CoreDump)]
    [InlineData("core", "7F454C460102010000000000000000000004003E", ContentMark.CoreDump)]
    [InlineData("lib", "7F454C4602010100000000000000000003003E00", ContentMark.None)]
    [InlineData("lib", "7F454C460201010000000000000000000400", ContentMark.CoreDump)]
    [InlineData("lib", "7F454C4602010100000000000000000004", ContentMark.None)]
    [InlineData("s", "308209A402010330820960000000000000000000", ContentMark.Pkcs12)]
    [InlineData("s", "3080020103308000000000000000000000", ContentMark.Pkcs12)]
    [InlineData("s", "308209A402010030820960000000000000000000", ContentMark.None)]
    [InlineData("s", "FEEDFEED00000002000000010000000100", ContentMark.JavaKeyStore)]
    [InlineData("s", "03D9A29A67FB4BB500000000000000000000", ContentMark.KeePass)]
    public void First_bytes_tell(string name, string hex, object expected) => Assert.Equal(expected, Facts(name, Convert.FromHexString(hex)).Mark);

    [Theory]
    [InlineData("#!/bin/sh\necho\n", "/bin/sh")]
    [InlineData("#! /usr/bin/env python3 -u\r\n", "/usr/bin/env python3 -u")]
    [InlineData("#!", "")]
    [InlineData("echo #!/bin/sh", "")]
    public void First_lines_name_the_interpreter(string text, string expected) => Assert.Equal(expected, Facts("a", Encoding.ASCII.GetBytes(text)).Interpreter);

    [Fact]
    public void A_secret_in_a_first_line_is_not_kept()
    {
        string token = TestSecrets.All().First(secret => secret.Kind == "GitHub token").Secret;
        Assert.DoesNotContain(token[8..], Facts("a", Encoding.ASCII.GetBytes($"#!/bin/sh {token}\n")).Interpreter, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_break_it()
        => Prop.ForAll(Gen.Elements<byte>(0x30, 0x80, 0x82, 0xFF, 0x02, 0x01, 0x03, 0x7F, (byte)'E', (byte)'L', (byte)'F', 0x0D, 0x0A, (byte)'#', (byte)'!', 0).ListOf().Select(bytes => bytes.ToArray()).ToArbitrary(), bytes => Facts("a.pyc", bytes)).QuickCheckThrowOnFailure();

    private static ContentFacts Facts(string name, byte[] content)
    {
        MarkPart part = new();
        LayerEntry entry = new() { Path = LayerPath.FromUtf8(name), Kind = ImageFileKind.File };
        return part.Begin(entry, content) ? part.Complete(new ContentFacts()) : new ContentFacts();
    }
}
