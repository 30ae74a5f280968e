using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

public sealed class DebPackageTests
{
    public static TheoryData<string, string> Compressions => new()
    {
        { "xz", "gz" }, { "gz", "xz" }, { "zst", "zst" }, { "bz2", "" }, { "lzma", "gz" }, { "", "" },
    };

    [Theory]
    [MemberData(nameof(Compressions))]
    public void A_package_is_read_whatever_it_is_compressed_with(string data, string control)
    {
        TestDeb deb = new TestDeb("hello", "1:2.0-1") { DataCompression = data, ControlCompression = control }
            .Field("Depends: libc6 (>= 2.36)")
            .File("usr/bin/hello", "#!/bin/sh\necho hello\n", 0x1ED)
            .File("etc/hello.conf", "greeting = hello\n")
            .Link("usr/bin/hi", "hello")
            .HardLink("usr/bin/hey", "usr/bin/hello")
            .ControlFile("conffiles", "/etc/hello.conf\n")
            .ControlFile("postinst", "#!/bin/sh\nexit 0\n");

        using DebPackage package = DebPackage.Open(new MemoryStream(deb.ToArray()), deb.FileName);

        Assert.Equal(deb.Control, package.ControlText);
        Assert.Equal(["conffiles", "control", "md5sums", "postinst"], package.ControlFiles.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["postinst"], package.Scripts);
        Assert.Equal("/etc/hello.conf\n", Encoding.UTF8.GetString(package.ControlFiles["conffiles"].Span));
        List<string> seen = [];
        ITarEntries entries = package.OpenData();
        while (entries.Next() is LayerEntry entry)
        {
            using StreamReader content = new(entries.Content, leaveOpen: true);
            seen.Add($"{FileModeText.Format(entry.Kind, entry.Mode)} {entry.Path} {entry.LinkTargetText} {content.ReadToEnd().TrimEnd()}".TrimEnd());
            Assert.Equal(TestDeb.Time, entry.ModifiedTime);
        }
        Assert.Equal(
            [
                "drwxr-xr-x", "drwxr-xr-x usr", "drwxr-xr-x usr/bin", "-rwxr-xr-x usr/bin/hello  #!/bin/sh\necho hello", "drwxr-xr-x etc",
                "-rw-r--r-- etc/hello.conf  greeting = hello", "lrwxrwxrwx usr/bin/hi hello", "-rw-r--r-- usr/bin/hey usr/bin/hello",
            ],
            seen);
        Assert.Null(entries.Next());
    }
}
