using System.Text;
using BaseImage.Engine.Inspection.Languages;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Inspection.Sbom;

/// <summary>Files of packages that were made to break their readers: a package or a remark, and never an exception.</summary>
public sealed class LanguageFuzzTests
{
    private const string Node = """{ "name": "@s/name", "version": "1.2.3-rc.1+b", "license": { "type": "MIT" }, "licenses": ["ISC"], "author": "A <a@b.c>", "dependencies": { "x": "^1", "@s/y": "*" }, "homepage": "https://x.org", "description": "says" }""";
    private const string Python = "Metadata-Version: 2.4\nName: some.name\nVersion: 1.0\nLicense-Expression: MIT\nLicense: x\n  more\nClassifier: License :: OSI Approved :: MIT License\nRequires-Dist: a[b] (>=1) ; python_version > '3'\nAuthor-email: A <a@b.c>\n\nbody\n";
    private const string Deps = """{ "runtimeTarget": { "name": "t" }, "targets": { "t": { "A/1": { "dependencies": { "B": "2" }, "runtime": { "lib/A.dll": {} }, "native": { "../../x": {} } } } }, "libraries": { "A/1": { "type": "package", "sha512": "sha512-AAAA" }, "B/2": { "type": "runtimepack" } } }""";
    private const string Nuspec = """<?xml version="1.0"?><package xmlns="x"><metadata><id>A.B</id><version>1.0</version><authors>x</authors><license type="expression">MIT</license><projectUrl>https://x.org</projectUrl></metadata></package>""";

    public static TheoryData<string, string> Samples => new()
    {
        { "app/node_modules/@s/name/package.json", Node },
        { "lib/site-packages/some_name-1.0.dist-info/METADATA", Python },
        { "lib/site-packages/some_name.egg-info/PKG-INFO", Python },
        { "lib/site-packages/some_name-1.0-py3.11.egg-info", Python },
        { "app/x.deps.json", Deps },
        { "root/.nuget/packages/a.b/1.0/a.b.nuspec", Nuspec },
    };

    [Theory, MemberData(nameof(Samples))]
    public void MutatedFilesGiveAPackageOrARemark(string path, string sample)
    {
        Assert.NotEmpty(Read(path, Encoding.UTF8.GetBytes(sample)).Packages);
        for (int seed = 0; seed < 600; seed++)
        {
            byte[] content = Mutate(Encoding.UTF8.GetBytes(sample), new Random(seed));
            LanguageFindings found = Read(path, content);
            Assert.True(found.Packages.Count + found.Remarks.Count > 0 || path.EndsWith(".deps.json", StringComparison.Ordinal), Encoding.Latin1.GetString(content));
            Assert.All(found.Packages, package => Assert.DoesNotContain($"{package.Package.Name}{package.Package.Version}{package.Package.Maintainer}{package.Summary}{package.Homepage}{package.Package.License}", char.IsControl));
            Assert.All(found.Packages, package => Assert.All(package.Files, file => Assert.DoesNotContain("..", file.ToString().Split('/'))));
            Assert.All(found.Remarks, remark => Assert.DoesNotContain(remark, char.IsControl));
        }
    }

    [Fact]
    public void HugeAndDeepFilesAreRemarks()
    {
        foreach (byte[] content in (byte[][])[Encoding.UTF8.GetBytes(new string('[', 900_000)), Encoding.UTF8.GetBytes("{\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":", 5_000))), [0xEF, 0xBB, 0xBF, 0xC0, 0x80]])
        {
            LanguageFindings found = Read("app/node_modules/x/package.json", content);
            Assert.Equal("x", Assert.Single(found.Packages).Package.Name);
            Assert.Single(found.Remarks);
            Assert.Single(Read("app/x.deps.json", content).Remarks);
        }

        string nested = string.Concat(Enumerable.Repeat("<a>", 10_000)), laughs = "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><package><metadata><id>&b;</id></metadata></package>";
        Assert.Single(Read("x.nuspec", Encoding.UTF8.GetBytes(nested)).Remarks);
        Assert.Single(Read("x.nuspec", Encoding.UTF8.GetBytes(laughs)).Remarks);
        Assert.Equal("n", Assert.Single(Read("lib/n-1.dist-info/METADATA", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("A: b\n c\n", 60_000)))).Packages).Package.Name);
    }

    [Theory]
    [InlineData("app/node_modules/.bin/package.json", 0)]
    [InlineData("app/node_modules/package.json", 0)]
    [InlineData("app/node_modules/x/lib/package.json", 0)]
    [InlineData("node_modules/x/package.json", 1)]
    [InlineData("usr/share/nodejs/@s/x/package.json", 1)]
    [InlineData("srv/nodejs/x/package.json", 0)]
    [InlineData("package.json", 0)]
    public void OnlyInstalledPackagesOfNodeCount(string path, int count) => Assert.Equal(count, Read(path, "{}"u8.ToArray()).Packages.Count);

    [Theory]
    [InlineData("Name: a\r\nVersion: 1.0\r\n\r\n", "a", "1.0")]
    [InlineData("name: a\nVERSION: 1!2.0\n", "a", "1!2.0")]
    [InlineData("Version: 2\n", "some-name", "2")]
    [InlineData("Name: ../../x\n", "some-name", "9")]
    [InlineData("Name: a\nVersion: \n", "a", "9")]
    [InlineData("", "some-name", "9")]
    public void MetadataIsReadAsMailIs(string content, string name, string version)
    {
        ImagePackage package = Assert.Single(Read("lib/some-name-9.dist-info/METADATA", Encoding.UTF8.GetBytes(content)).Packages).Package;
        Assert.Equal((name, version), (package.Name, package.Version.ToString()));
    }

    private static LanguageFindings Read(string path, byte[] content)
    {
        MergedFileSystem files = new();
        using MemoryStream tar = new(new TestTar().Add(path, content: content).ToArray());
        files.Apply(new TarReader(tar, "test"), 0, LanguageFiles.IsWanted);
        return LanguageFiles.Read(files, "image", Platform.LinuxAmd64);
    }

    private static byte[] Mutate(byte[] sample, Random random)
    {
        List<byte> bytes = [.. sample];
        for (int i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 20)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 30)));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(((string[])["\n", "\"", "{", "}", "../", "\u001b[2J", "\\ud800", "null", "<", "\u202e", "1e999", ":", "/"])[random.Next(13)]));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }
}
