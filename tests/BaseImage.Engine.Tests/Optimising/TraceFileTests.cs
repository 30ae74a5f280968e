using System.Text;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Optimising.Traces;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Optimising;

/// <summary>A trace's file: one way to write it, and one clear error for everything else.</summary>
public sealed class TraceFileTests
{
    private static readonly string s_id = "sha256:" + new string('a', 64);

    private static string Good { get; } = $$"""
        {
          "files": {
            "/srv": "cwd",
            "/usr/bin/web": "exe, mapped",
            "/usr/share/wéb/data file": "mapped, open"
          },
          "imageId": "{{s_id}}",
          "platform": "linux/amd64",
          "schemaVersion": 1
        }

        """.ReplaceLineEndings("\n");

    [Fact]
    public void It_is_written_as_it_is_read()
    {
        ImageTrace trace = Read(Good);
        Assert.Equal([("/srv", Touch.WorkingDirectory), ("/usr/bin/web", Touch.Executed | Touch.Mapped), ("/usr/share/wéb/data file", Touch.Mapped | Touch.Opened)], trace.Paths.Select(pair => (pair.Key.ToAbsoluteText(), pair.Value)));
        Assert.Equal(Good, Encoding.UTF8.GetString(TraceFile.Write(trace)));
    }

    [Fact]
    public void Every_trace_comes_back_as_it_was_and_merging_knows_no_order()
    {
        Gen<ImageTrace> traces =
            from names in Gen.Elements("a", "bin", "x y", "é", "\\x0a", "…", ".hidden", "a\"b").NonEmptyListOf().Select(parts => string.Join('/', parts.Take(6))).ListOf()
            from kinds in Gen.Choose(1, 15).ArrayOf(names.Count)
            select new ImageTrace
            {
                ImageId = Digest.Of([1]),
                Platform = Platform.LinuxArm64,
                Paths = new SortedDictionary<LayerPath, Touch>(names.Zip(kinds).DistinctBy(pair => pair.First).ToDictionary(pair => LayerPath.FromUtf8(pair.First), pair => (Touch)pair.Second)),
            };
        Prop.ForAll(traces.Two().ToArbitrary(), pair =>
        {
            byte[] written = TraceFile.Write(pair.Item1);
            return TraceFile.Write(TraceFile.Read(written, "t")).AsSpan().SequenceEqual(written)
                && TraceFile.Write(pair.Item1.With(pair.Item2)).AsSpan().SequenceEqual(TraceFile.Write(pair.Item2.With(pair.Item1)))
                && TraceFile.Write(pair.Item1.With(pair.Item1)).AsSpan().SequenceEqual(written);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("/srv", "srv", "not the path")]
    [InlineData("/srv", "/srv/../etc", "not the path")]
    [InlineData("/srv", "/../../etc/shadow", "not the path")]
    [InlineData("/srv", "/srv/", "not the path")]
    [InlineData("/srv", "//srv", "not the path")]
    [InlineData("/srv", "/a/./b", "not the path")]
    [InlineData("/srv", "/", "not the path")]
    [InlineData("/srv", "", "not the path")]
    [InlineData("/srv", @"/a\u0000b", "not the path")]
    [InlineData("/srv", @"/a\nb", "not the path")]
    [InlineData("/srv", @"/a\u001b[2Jb", "not the path")]
    [InlineData("/srv", @"/a\u202eb", "not the path")]
    [InlineData("/srv", "/usr/bin/web", "twice")]
    [InlineData("\"cwd\"", "\"\"", "does not say how")]
    [InlineData("\"cwd\"", "\"read\"", "does not say how")]
    [InlineData("exe, mapped", "mapped, exe", "does not say how")]
    [InlineData("exe, mapped", "exe, exe", "does not say how")]
    [InlineData("exe, mapped", "exe,mapped", "does not say how")]
    [InlineData("\"cwd\"", "7", "must be a text")]
    [InlineData("\"cwd\"", "{}", "must be a text")]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 2", "which is not 1")]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": \"1\"", "must be a number")]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 1, \"time\": 1", "has no key 'time'")]
    [InlineData("sha256:", "sha512:", "hexadecimal digits")]
    [InlineData("linux/amd64", "lin ux", "not a platform")]
    [InlineData("\"imageId\"", "\"files\"", "twice")]
    [InlineData("  \"platform\": \"linux/amd64\",\n", "", "has no platform")]
    public void What_is_no_trace_is_one_error_with_its_place(string part, string with, string problem)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        TraceInvalidException error = Assert.Throws<TraceInvalidException>(() => Read(Good.Replace(part, with, StringComparison.Ordinal)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("t.json:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void Whatever_happens_to_its_bytes_it_is_a_trace_or_one_error()
    {
        byte[] good = Encoding.UTF8.GetBytes(Good);
        Gen<byte[]> mutations =
            from places in Gen.Choose(0, good.Length - 1).NonEmptyListOf()
            from with in Gen.Elements<byte>(0, 10, (byte)'"', (byte)'/', (byte)'.', (byte)'\\', (byte)'{', (byte)',', 0xff, 0x80, (byte)'9')
            from cut in Gen.Choose(0, good.Length)
            from isCut in Gen.Elements(false, false, true)
            select Mutate(good, places, with)[..(isCut ? cut : good.Length)];
        Prop.ForAll(Gen.OneOf(mutations, ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => bytes ?? [])).ToArbitrary(), bytes =>
        {
            try
            {
                ImageTrace trace = TraceFile.Read(bytes, "t");
                Assert.Equal(trace.Paths, TraceFile.Read(TraceFile.Write(trace), "t").Paths);
            }
            catch (TraceInvalidException error)
            {
                Assert.NotEmpty(error.Problems);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public async Task Files_that_are_too_large_endless_or_none_are_one_error()
    {
        using TempFolder folder = new("trace");
        string large = folder.Combine("large.json");
        await using (FileStream file = File.Create(large))
        {
            file.SetLength(TraceFile.Limits.MaxBytes + 1L);
        }

        Assert.Contains("larger", (await Assert.ThrowsAsync<TraceInvalidException>(() => TraceFile.ReadAsync(large, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<TraceInvalidException>(() => TraceFile.ReadAsync(folder.Combine("none"), TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<TraceInvalidException>(() => TraceFile.ReadAsync(folder.Path, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            await Assert.ThrowsAsync<TraceInvalidException>(() => TraceFile.ReadAsync("/dev/zero", TestContext.Current.CancellationToken));
        }

        Assert.Throws<TraceInvalidException>(() => Read(string.Concat(Enumerable.Repeat("[", 1000))));
    }

    private static ImageTrace Read(string text) => TraceFile.Read(Encoding.UTF8.GetBytes(text), "t.json");

    private static byte[] Mutate(byte[] good, IEnumerable<int> places, byte with)
    {
        byte[] bytes = [.. good];
        foreach (int place in places)
        {
            bytes[place] = with;
        }

        return bytes;
    }
}
