using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

public sealed class RealPackageTests
{
    [Fact]
    public async Task Twenty_real_packages_read_as_dpkg_deb_reads_them()
    {
        IReadOnlyList<string> paths = await RealPackages.PathsAsync();
        Assert.True(paths.Count >= 20, $"only {paths.Count} packages could be downloaded");
        foreach (string path in paths)
        {
            using DebPackage package = DebPackage.Open(path);
            Assert.Equal(await ByteTools.TextAsync("dpkg-deb", ["--field", path]), package.ControlText);

            byte[] control = await ByteTools.RunAsync("dpkg-deb", ["--ctrl-tarfile", path]);
            Assert.Equal(await GnuTar(control, "-t"), package.ControlFiles.Keys.Select(name => "./" + name).Order(StringComparer.Ordinal));

            byte[] data = await ByteTools.RunAsync("dpkg-deb", ["--fsys-tarfile", path]);
            Assert.Equal(await Listing(data), Describe(package.OpenData(), out Dictionary<string, string> md5));
            foreach (string line in Text(package, "md5sums").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.Equal(line[..32], md5[line[34..]]);
            }
        }
    }

    /// <summary>The archive written again by our writer is, to GNU tar, the same archive.</summary>
    [Fact]
    public async Task Real_packages_written_again_list_the_same_in_gnu_tar()
    {
        Tools.Require("tar");
        foreach (string path in await RealPackages.PathsAsync())
        {
            using DebPackage package = DebPackage.Open(path);
            using MemoryStream written = new();
            TarWriter writer = new(written);
            ITarEntries entries = package.OpenData();
            while (entries.Next() is LayerEntry entry)
            {
                writer.Write(entry, entries.Content);
            }
            writer.WriteEnd();
            byte[] data = await ByteTools.RunAsync("dpkg-deb", ["--fsys-tarfile", path]);
            Assert.Equal(await Listing(data), await Listing(written.ToArray()));
        }
    }

    private static string Text(DebPackage package, string name) => package.ControlFiles.TryGetValue(name, out ReadOnlyMemory<byte> bytes) ? Encoding.UTF8.GetString(bytes.Span) : "";

    private static async Task<string[]> GnuTar(byte[] tar, params string[] arguments)
        => [.. (await ByteTools.TextAsync("tar", [.. arguments, "-f", "-"], tar)).Split('\n').Where(line => line.Length > 2 && !line.EndsWith('/')).Order(StringComparer.Ordinal)];

    /// <summary>GNU tar's listing, with names always beginning with "./" and runs of spaces made one.</summary>
    private static async Task<string[]> Listing(byte[] tar)
    {
        string result = await ByteTools.TextAsync("tar", ["-tv", "--numeric-owner", "--full-time", "--utc", "--quoting-style=literal", "-f", "-"], tar);
        return [.. result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Normal)];
    }

    private static string Normal(string line)
    {
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        fields[5] = (fields[5].StartsWith("./", StringComparison.Ordinal) ? "" : "./") + fields[5].Replace(" link to ./", " link to ", StringComparison.Ordinal);
        return string.Join(' ', fields);
    }

    private static List<string> Describe(ITarEntries entries, out Dictionary<string, string> md5)
    {
        List<string> lines = [];
        md5 = new(StringComparer.Ordinal);
        while (entries.Next() is LayerEntry entry)
        {
            string time = DateTimeOffset.FromUnixTimeSeconds(entry.ModifiedTime).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            string type = entry.Kind == ImageFileKind.HardLink ? "h" + FileModeText.Format(ImageFileKind.File, entry.Mode)[1..] : FileModeText.Format(entry.Kind, entry.Mode);
            string end = entry.Kind switch
            {
                ImageFileKind.Directory when !entry.Path.IsRoot => "/",
                ImageFileKind.SymbolicLink => " -> " + Encoding.UTF8.GetString(entry.LinkTarget.Span),
                ImageFileKind.HardLink => " link to " + Encoding.UTF8.GetString(entry.LinkTarget.Span),
                _ => "",
            };
            string name = Encoding.UTF8.GetString(entry.Path.Span);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{type} {entry.Uid}/{entry.Gid} {entry.Size} {time} ./{name}{end}"));
            if (entry.Kind == ImageFileKind.File)
            {
                md5[name] = Convert.ToHexString(MD5.HashData(entries.Content)).ToLowerInvariant();
            }
            else if (entry.Kind == ImageFileKind.HardLink)
            {
                md5[name] = md5[Encoding.UTF8.GetString(entry.LinkTarget.Span)];
            }
        }
        return lines;
    }
}
