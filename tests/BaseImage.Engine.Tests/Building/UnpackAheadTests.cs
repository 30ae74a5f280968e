using BaseImage.Engine.Building;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building;

/// <summary>A large package is decompressed on a thread of its own: what comes of it must not depend on that.</summary>
public sealed class UnpackAheadTests
{
    [Fact]
    public async Task A_package_gives_the_same_listing_and_contents_either_way()
    {
        byte[] deb = Deb();
        (PackageListing listing, byte[] spool) = await UnpackAsync(deb, ahead: true);
        (PackageListing expected, byte[] expectedSpool) = await UnpackAsync(deb, ahead: false);
        Assert.Equal(ListingCodec.Write(expected), ListingCodec.Write(listing));
        Assert.True(expectedSpool.AsSpan().SequenceEqual(spool));
    }

    [Fact]
    public async Task Damage_is_the_same_error_either_way()
    {
        byte[] deb = Deb();
        Random random = new(11);
        int errors = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] flipped = [.. deb];
            int at = random.Next(flipped.Length);
            flipped[at] ^= (byte)(1 << random.Next(8));
            flipped = i % 3 == 0 ? flipped[..at] : flipped;
            Exception? ahead = await Record.ExceptionAsync(() => UnpackAsync(flipped, ahead: true)), plain = await Record.ExceptionAsync(() => UnpackAsync(flipped, ahead: false));
            Assert.Equal((plain?.GetType(), plain?.Message), (ahead?.GetType(), ahead?.Message));
            Assert.True(plain is null or BaseImageException, $"{at}: {plain}");
            errors += plain is null ? 0 : 1;
        }

        Assert.True(errors > 50, $"{errors} errors");
    }

    private static byte[] Deb()
    {
        byte[] content = new byte[3 << 20];
        new Random(5).NextBytes(content);
        return new TestDeb().File("usr/lib/large", content).File("usr/lib/small", "small").File("usr/share/zeros", new byte[1 << 20]).ToArray();
    }

    private static async Task<(PackageListing Listing, byte[] Spool)> UnpackAsync(byte[] deb, bool ahead)
    {
        using MemoryStream spool = new();
        PackageListing listing = await PackageUnpacker.UnpackAsync(new MemoryStream(deb), Digest.Of(deb), "large", spool, ahead, CancellationToken.None);
        return (listing, spool.ToArray());
    }
}
