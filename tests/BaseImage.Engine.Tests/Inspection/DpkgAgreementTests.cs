using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Images;

namespace BaseImage.Engine.Tests.Inspection;

/// <summary>This machine's own package database, put into an image, reads as dpkg itself reads it.</summary>
public sealed class DpkgAgreementTests : IDisposable
{
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task PackagesVersionsSourcesAndOwnersAgreeWithDpkg()
    {
        string query = Tools.Require("dpkg-query"), tar = Tools.Require("tar");
        Tools.Require(File.Exists("/var/lib/dpkg/status") && new DirectoryInfo("/sbin").LinkTarget is not null, "needs a Debian machine with a merged /usr");
        string archive = _room.Folder.Combine("root.tar");
        await Tools.RunAsync(tar, ["-C", "/", "-cf", archive, "--exclude=*.postinst", "--exclude=*.templates", "--exclude=*.symbols", "sbin", "bin", "usr/sbin", "var/lib/dpkg/status", "var/lib/dpkg/info"]);
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [Disk.Read(archive)], Codec.None, MediaTypes.OciLayer));
        await using ImageInspection inspection = await ImageInspection.OpenAsync($"oci:{_room.Folder.Combine("i")}", null, _room.Paths, single: true, TestContext.Current.CancellationToken);
        InspectedImage image = await Assert.Single(inspection.Items).ReadAsync(new InspectionOptions(), TestContext.Current.CancellationToken);

        string[] theirs = (await Tools.RunAsync(query, ["-W", "-f", @"${db:Status-Status}|${Package}|${Version}|${Architecture}|${source:Package}|${source:Version}|${Installed-Size}\n"]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith("installed|", StringComparison.Ordinal)).Select(l => l["installed|".Length..] + (l.EndsWith('|') ? "0" : "")).ToArray();
        Assert.NotEmpty(theirs);
        Assert.Equal(theirs.Order(StringComparer.Ordinal), image.Packages.Select(p => $"{p.Name}|{p.Version}|{p.Architecture}|{p.Source}|{p.SourceVersion}|{p.InstalledSize / 1024}").Order(StringComparer.Ordinal));

        // dpkg -S knows the path that a package lists, /sbin/x or /usr/sbin/x; both lead to one file here.
        ImageFile[] programs = [.. image.Files.Where(f => f.Path.StartsWith("/usr/sbin/", StringComparison.Ordinal) && f.Kind is ImageFileKind.File)];
        string[] asked = [.. programs.SelectMany(f => new[] { f.Path, f.Path["/usr".Length..] })];
        (_, string output, _) = await Tools.TryRunAsync(query, ["-S", .. asked]);
        ILookup<string, string> owners = output.Split('\n').Where(l => l.Contains(": /", StringComparison.Ordinal) && !l.StartsWith("diversion ", StringComparison.Ordinal))
            .SelectMany(l => l[..l.IndexOf(": /", StringComparison.Ordinal)].Split(", ").Select(p => (Path: l[(l.IndexOf(": /", StringComparison.Ordinal) + 2)..], Package: p.Split(':')[0])))
            .ToLookup(p => p.Path.StartsWith("/usr", StringComparison.Ordinal) ? p.Path : "/usr" + p.Path, p => p.Package, StringComparer.Ordinal);
        Assert.NotEmpty(owners);
        Assert.All(programs, f => Assert.True(owners[f.Path].Any() ? owners[f.Path].Contains(f.Package) : f.Package.Length == 0, $"{f.Path}: dpkg says '{string.Join(", ", owners[f.Path])}', we say '{f.Package}'"));
    }
}
