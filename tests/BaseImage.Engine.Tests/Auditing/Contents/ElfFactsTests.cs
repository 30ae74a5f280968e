using System.Text;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Tests.Inspection.Elf;
using Newtonsoft.Json;

namespace BaseImage.Engine.Tests.Auditing.Contents;

/// <summary>What is known of an ELF file and of licences comes out of the cache as it went in.</summary>
public class ElfFactsTests
{
    [Fact]
    public void Facts_of_real_files_come_back_whole()
    {
        string[] files = [.. Directory.EnumerateFiles("/usr/bin").Where(path => new FileInfo(path) is { LinkTarget: null, Length: > 1000 and < 3_000_000 }).Order(StringComparer.Ordinal).Take(80)];
        int seen = 0;
        foreach (ElfFacts elf in files.Select(path => ElfReaderTests.Read(File.ReadAllBytes(path))).OfType<ElfFacts>())
        {
            ContentFacts facts = new() { Digest = Digest.Of("x"u8), Md5 = new Md5Sum(new byte[Md5Sum.Length]), Elf = elf with { Runpath = seen % 2 == 0 ? "" : null, GoModules = ["a v1"], HasStackProtector = seen % 3 == 0 ? null : seen % 3 == 1 }, Licences = seen % 2 == 0 ? ["MIT", "GPL-2+"] : null };
            using MemoryStream stream = new();
            ContentFactsFormat.Write(new FactsWriter(stream), facts);
            FactsReader reader = new(stream.ToArray());
            ContentFacts read = ContentFactsFormat.Read(reader);
            Assert.Equal(JsonConvert.SerializeObject(facts.Elf), JsonConvert.SerializeObject(read.Elf));
            Assert.Equal(facts.Licences, read.Licences);
            reader.End();
            seen++;
        }

        Assert.True(seen > 10);
    }

    [Theory]
    [InlineData("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+ and MIT\n text\n\nLicense: BSD-3-clause\n", "BSD-3-clause|GPL-2+ and MIT")]
    [InlineData("This is prose.\nLicense: GPL\n", "")]
    [InlineData("\nFormat: x\nLicense:\n", "")]
    [InlineData("", "")]
    public void Licences_are_read_where_a_machine_can(string text, string expected)
        => Assert.Equal(expected, string.Join('|', LicencePart.Read(Encoding.UTF8.GetBytes(text))));
}
