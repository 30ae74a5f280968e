using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Core.Tests;

public class ImageReferenceTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("oci:/d", ImageTransport.OciLayout, "/d", "", "", false)]
    [InlineData("oci:/d:latest", ImageTransport.OciLayout, "/d", "", "latest", false)]
    [InlineData("oci:./d e/é:a/b:c", ImageTransport.OciLayout, "./d e/é", "", "a/b:c", false)]
    [InlineData("oci:/d@sha256:" + Hex, ImageTransport.OciLayout, "/d", "", "", true)]
    [InlineData("oci:/d:x@sha256:" + Hex, ImageTransport.OciLayout, "/d", "", "x", true)]
    [InlineData(@"oci:C:\dir:ref", ImageTransport.OciLayout, @"C:\dir", "", "ref", false)]
    [InlineData(@"oci:C:\dir", ImageTransport.OciLayout, @"C:\dir", "", "", false)]
    [InlineData("oci:c:/dir:1.0", ImageTransport.OciLayout, "c:/dir", "", "1.0", false)]
    [InlineData(@"oci:\\server\share\x:ref", ImageTransport.OciLayout, @"\\server\share\x", "", "ref", false)]
    [InlineData("oci-archive:a.tar", ImageTransport.OciArchive, "a.tar", "", "", false)]
    [InlineData(@"oci-archive:D:\a.tar:v1", ImageTransport.OciArchive, @"D:\a.tar", "", "v1", false)]
    [InlineData("docker-archive:/a.tar:web:ci", ImageTransport.DockerArchive, "/a.tar", "", "web:ci", false)]
    [InlineData("docker-archive:/a.tar@sha256:" + Hex, ImageTransport.DockerArchive, "/a.tar", "", "", true)]
    [InlineData("store:", ImageTransport.Store, "", "", "", false)]
    [InlineData("store:debian-static", ImageTransport.Store, "", "debian-static", "", false)]
    [InlineData("store:a/b:1", ImageTransport.Store, "", "a/b", "1", false)]
    [InlineData("store:a@sha256:" + Hex, ImageTransport.Store, "", "a", "", true)]
    [InlineData("docker://example.org:5000/a/b:1@sha256:" + Hex, ImageTransport.Registry, "", "example.org:5000/a/b", "1", true)]
    [InlineData("docker://localhost/a", ImageTransport.Registry, "", "localhost/a", "", false)]
    [InlineData("docker-daemon:web:ci", ImageTransport.DockerDaemon, "", "web", "ci", false)]
    [InlineData("docker-daemon:sha256:" + Hex, ImageTransport.DockerDaemon, "", "", "", true)]
    [InlineData("alpine", ImageTransport.DockerDaemon, "", "alpine", "", false)]
    [InlineData("web:ci", ImageTransport.DockerDaemon, "", "web", "ci", false)]
    [InlineData("example.org/web:ci", ImageTransport.DockerDaemon, "", "example.org/web", "ci", false)]
    [InlineData("./alpine", ImageTransport.Path, "./alpine", "", "", false)]
    [InlineData("../x:y", ImageTransport.Path, "../x:y", "", "", false)]
    [InlineData(".", ImageTransport.Path, ".", "", "", false)]
    [InlineData("/x:y@sha256:" + Hex, ImageTransport.Path, "/x:y", "", "", true)]
    [InlineData(@"C:\x", ImageTransport.Path, @"C:\x", "", "", false)]
    [InlineData("a:latest", ImageTransport.Path, "a:latest", "", "", false)]
    [InlineData(@".\x", ImageTransport.Path, @".\x", "", "", false)]
    [InlineData("oci:d:x", ImageTransport.OciLayout, "d:x", "", "", false)]
    [InlineData("docker-daemon:a:latest", ImageTransport.DockerDaemon, "", "a", "latest", false)]
    public void ReadsEveryForm(string text, ImageTransport transport, string path, string name, string tag, bool pinned)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((transport, path, name, tag, pinned), (reference.Transport, reference.Path, reference.Name, reference.Tag, !reference.Digest.IsEmpty));
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("oci:")]
    [InlineData("oci:/d:")]
    [InlineData("oci::x")]
    [InlineData("oci:/d:-x")]
    [InlineData("oci:/d:x y")]
    [InlineData("oci:/d@sha256:abc")]
    [InlineData("oci:/d@sha256:" + Hex + "0")]
    [InlineData("oci:/d@sha256:" + Hex + "@sha256:" + Hex)]
    [InlineData("oci:/d@SHA256:" + Hex)]
    [InlineData("oci:/a\nb")]
    [InlineData("oci:/a\0b")]
    [InlineData("store:A")]
    [InlineData("store:a:")]
    [InlineData("store:a:b:c")]
    [InlineData("store:../x")]
    [InlineData("store:example.org:5000/x")]
    [InlineData("store:@sha256:" + Hex)]
    [InlineData("docker://")]
    [InlineData("docker://Upper/x")]
    [InlineData("docker://a//b")]
    [InlineData("web:-x")]
    [InlineData("-web")]
    [InlineData("web image")]
    [InlineData("@sha256:" + Hex)]
    [InlineData("a\tb")]
    public void RefusesWhatNamesNothing(string text)
    {
        Assert.False(ImageReference.TryParse(text, out _));
        ImageReferenceInvalidException error = Assert.Throws<ImageReferenceInvalidException>(() => ImageReference.Parse(text));
        Assert.Equal("ImageReferenceInvalid", error.ErrorId);
    }

    [Fact]
    public void WhatIsPrintedReadsBackTheSame()
    {
        Gen<string> part = Gen.Elements("a", "b1", "x-y", "x__y", "x.y", "é ü", "D", "n--m", "0");
        Gen<string> path = from root in Gen.Elements("/", "./", "../", @"C:\", "c:/", @"\\srv\")
                           from parts in Gen.ListOf(part, 3)
                           select root + string.Join('/', parts);
        Gen<string> tag = Gen.Elements("", "latest", "1.0", "a/b:c", "v1_2-3");
        Gen<Digest> digest = Gen.Elements(default, Digest.Parse("sha256:" + Hex));
        Gen<ImageReference> places = from p in path
                                     from t in tag
                                     from d in digest
                                     from make in Gen.Elements<Func<string, string, Digest, ImageReference>>(ImageReference.Layout, ImageReference.OciArchive, ImageReference.DockerArchive)
                                     select make(p, t, d);
        Gen<ImageReference> stored = from n in Gen.Elements("a", "a/b", "debian-static", "x__y.z")
                                     from t in Gen.Elements("", "latest", "_1")
                                     from d in digest
                                     select ImageReference.Store(n, t, d);
        Prop.ForAll(Gen.OneOf(places, stored).ToArbitrary(), r => ImageReference.Parse(r.ToString()) == r).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnyTextIsReadOrRefusedAndWhatIsReadPrintsTheSame()
    {
        Gen<string> pieces = Gen.Elements("oci:", "oci-archive:", "docker://", "docker-daemon:", "store:", ":", "@", "sha256:", Hex, "/", "\\", "..", ".", "a", "C:", "\0", "é", " ", "X", "-", "_", "\u0130");
        Prop.ForAll(Gen.ListOf(pieces).Select(string.Concat).ToArbitrary(), text =>
            !ImageReference.TryParse(text, out ImageReference? r) || (ImageReference.Parse(r.ToString()) is var again && again == r)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void PinningDropsTheTagAndMappingKeepsTheRest()
    {
        Digest digest = Digest.Parse("sha256:" + Hex);
        Assert.Equal("oci:/full/dir@sha256:" + Hex, ImageReference.Parse("oci:dir:x").MapPath(p => "/full/" + p).Pin(digest).ToString());
        Assert.Equal("store:a@sha256:" + Hex, ImageReference.Parse("store:a:1").MapPath(_ => "no").Pin(digest).ToString());
    }

    [Fact]
    public void APathWithAColonCannotFollowATransport()
        => Assert.Throws<ImageReferenceInvalidException>(() => ImageReference.Parse("oci:d").MapPath(_ => "/a:b"));
}
