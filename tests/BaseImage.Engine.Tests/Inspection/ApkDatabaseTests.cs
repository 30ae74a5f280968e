using System.Text;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Tests.Images;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Inspection;

public sealed class ApkDatabaseTests : IDisposable
{
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    private static IReadOnlyList<ApkPackage> Read(string text) => ApkDatabase.Read(Encoding.UTF8.GetBytes(text), "db", "image", Platform.LinuxAmd64);

    [Theory]
    [InlineData("lib/apk/db/installed")]
    [InlineData("usr/lib/apk/db/installed")]
    public async Task Alpine_images_say_their_packages_and_whose_a_file_is(string database)
    {
        string reference = $"oci:{_room.Folder.Combine("i")}";
        await _room.WriteAsync(reference + ":x", TestImage.Of("i", [AlpineTree.Small().File("bin/mine", "#!/bin/sh\n").ToTar(database)]));
        List<ImagePackage> packages = [];
        await foreach (ImagePackage package in new ImagePackageReading(() => _room.Paths).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            packages.Add(package);
        }

        Assert.Equal(["alpine-baselayout-data=3.6.5-r0", "alpine-release=3.20.3-r0", "busybox=1.36.1-r29", "musl=1.2.5-r0"], packages.Select(p => p.ToString()));
        Assert.Equal(("GPL-2.0-only", "x86_64", 4096L, PackageEcosystem.Alpine, "busybox"), (packages[2].License, packages[2].Architecture, packages[2].InstalledSize, packages[2].Version.Ecosystem, packages[2].Source));
        Dictionary<string, string> owners = [];
        await foreach (ImageFile file in new ImageFileReading(() => _room.Paths).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            owners[file.Path] = file.Package;
        }

        Assert.Equal(("busybox", "musl", "", ""), (owners["/bin/busybox"], owners["/lib/ld-musl-x86_64.so.1"], owners["/bin/mine"], owners["/bin"]));
    }

    [Theory]
    [InlineData("P:a\nV:not one\n")]
    [InlineData("V:1\n")]
    [InlineData("P:a\nV:1\nnonsense\n")]
    [InlineData("P:a\nV:1\n1:x\n")]
    public async Task A_damaged_database_is_named_and_files_are_listed_all_the_same(string text)
    {
        Assert.Throws<ImageDocumentInvalidException>(() => Read(text));
        string reference = $"oci:{_room.Folder.Combine("i")}";
        await _room.WriteAsync(reference + ":x", TestImage.Of("i", [new TestTar().Add("lib/apk/db/installed", content: Encoding.UTF8.GetBytes(text)).ToArray()]));
        int count = 0;
        await foreach (ImageFile _ in new ImageFileReading(() => _room.Paths).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            count++;
        }

        Assert.True(count > 0);
    }

    [Fact]
    public void Checksums_and_marks_are_read()
    {
        ApkPackage package = Assert.Single(Read("C:Q1x\nP:a\nV:1.0-r0\nf:s\nF:\nR:top\nF:etc\nM:0:0:755\nR:x y\na:0:0:600\nZ:Q1abc=\nR:none\n"));
        Assert.Equal(["top:", "etc/x y:Q1abc=", "etc/none:"], package.Files.Select(f => $"{Encoding.UTF8.GetString(f.Path.Span)}:{f.Checksum}"));
        Assert.True(package.IsBroken);
        Assert.Equal(2, Read("P:a\nV:1\n\n\n\nP:b\nV:2").Count);
    }

    [Fact]
    public void Anything_is_packages_or_a_clear_error()
    {
        string good = AlpineTree.Small().Installed;
        Gen<byte[]> text =
            from at in Gen.Choose(0, good.Length - 1).NonEmptyListOf()
            from with in Gen.Elements<byte>(0, 10, 58, 0xff, 80)
            select Mutate(good, at, with);
        Prop.ForAll(Gen.OneOf(text, ArbMap.Default.GeneratorFor<byte[]>().Select(b => b ?? [])).ToArbitrary(), bytes =>
        {
            try
            {
                Assert.NotNull(ApkDatabase.Read(bytes, "db", "image", Platform.LinuxAmd64));
            }
            catch (ImageDocumentInvalidException)
            {
            }
        }).QuickCheckThrowOnFailure();
    }

    private static byte[] Mutate(string good, IEnumerable<int> places, byte with)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(good);
        foreach (int place in places)
        {
            bytes[place] = with;
        }

        return bytes;
    }
}
