using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Layers;

public sealed class MergedFileSystemTests
{
    [Fact]
    public void Later_layers_win_and_directories_keep_what_is_in_them()
    {
        MergedFileSystem merged = Merge(
            new TestTar().Add("etc/", '5', mode: 0x1ED).Add("etc/a", content: "1"u8.ToArray()).Add("etc/b", content: "1"u8.ToArray()),
            new TestTar().Add("etc/", '5', mode: 0x1C0).Add("etc/a", content: "2"u8.ToArray(), mode: 0x180));
        Assert.Equal(["drwx------ etc 1", "-rw------- etc/a 1 2", "-rw-r--r-- etc/b 0 1"], Describe(merged));
        Assert.Equal(Digest.Of("2"u8), merged.Find(LayerPath.FromUtf8("etc/a"))!.Digest);
    }

    [Fact]
    public void Whiteouts_hide_lower_layers_alone_whatever_the_order()
    {
        MergedFileSystem merged = Merge(
            new TestTar().Add("a").Add("d/", '5').Add("d/x").Add("d/y").Add("e/", '5').Add("e/x").Add("e/s/", '5').Add("e/s/t").Add("keep"),
            new TestTar().Add("a", content: "new"u8.ToArray()).Add(".wh.a").Add(".wh.d").Add("e/new").Add("e/.wh..wh..opq").Add("e/later").Add(".wh.nothing").Add(".wh..wh.plnk"));
        Assert.Equal(["-rw-r--r-- a 1 new", "drw-r--r-- e 0", "-rw-r--r-- e/later 1 ", "-rw-r--r-- e/new 1 ", "-rw-r--r-- keep 0 "], Describe(merged));
    }

    [Fact]
    public void A_whiteout_of_a_directory_that_the_same_layer_fills_hides_what_was_below()
    {
        MergedFileSystem merged = Merge(
            new TestTar().Add("d/", '5').Add("d/old").Add("d/s/", '5').Add("d/s/old"),
            new TestTar().Add("d/s/new").Add(".wh.d").Add("d/", '5', mode: 0x1C0));
        Assert.Equal(["drwx------ d 1", "drw-r--r-- d/s 0", "-rw-r--r-- d/s/new 1 "], Describe(merged));
    }

    [Fact]
    public void Other_kinds_replace_whatever_was_there()
    {
        MergedFileSystem merged = Merge(
            new TestTar().Add("var/", '5').Add("var/run/", '5').Add("var/run/x").Add("bin", '2', link: "usr/bin").Add("f"),
            new TestTar().Add("var/run", '2', link: "/run").Add("bin/", '5').Add("bin/sh").Add("f/", '5').Add("f/g"));
        Assert.Equal(["drw-r--r-- bin 1", "-rw-r--r-- bin/sh 1 ", "drw-r--r-- f 1", "-rw-r--r-- f/g 1 ", "drw-r--r-- var 0", "lrw-r--r-- var/run 1"], Describe(merged));
    }

    [Fact]
    public void Links_among_parents_are_followed_inside_the_root()
    {
        MergedFileSystem merged = Merge(
            new TestTar().Add("usr/", '5').Add("usr/lib/", '5').Add("lib", '2', link: "usr/lib").Add("up", '2', link: "../../../usr/../lib"),
            new TestTar().Add("lib/a").Add("up/b"));
        Assert.Equal(["usr", "usr/lib", "usr/lib/a", "usr/lib/b"], merged.Files().Select(file => file.Path.ToString()).Where(path => path.StartsWith("usr", StringComparison.Ordinal)));
        Assert.Equal("/usr/lib/b", merged.Resolve(LayerPath.FromUtf8("up/b"))!.ToString());
        Assert.Equal("/up", merged.Resolve(LayerPath.FromUtf8("up"), followLast: false)!.ToString());
        Assert.Null(merged.Find(LayerPath.FromUtf8("lib/a")));
    }

    [Fact]
    public void Links_in_circles_lead_nowhere_and_stop()
    {
        MergedFileSystem merged = Merge(new TestTar().Add("a", '2', link: "b").Add("b", '2', link: "a").Add("self", '2', link: "self/self/self"));
        Assert.Null(merged.Resolve(LayerPath.FromUtf8("a")));
        Assert.Null(merged.Resolve(LayerPath.FromUtf8("self/x")));
        Assert.Throws<TarHostileException>(() => Merge(new TestTar().Add("a", '2', link: "b").Add("b", '2', link: "a").Add("a/x")));
        // Each link doubles the way; only the count of links stops it.
        TestTar doubling = new TestTar().Add("l0", '2', link: ".");
        for (int i = 1; i < 40; i++)
        {
            doubling.Add($"l{i}", '2', link: $"l{i - 1}/l{i - 1}");
        }
        Assert.Null(Merge(doubling).Resolve(LayerPath.FromUtf8("l39")));
    }

    [Fact]
    public void Hard_links_share_one_file_until_one_name_is_replaced()
    {
        MergedFileSystem merged = Merge(
            new TestTar().Add("a", content: "x"u8.ToArray(), mode: 0x9ED, uid: 5).Add("b", '1', link: "./a").Add("s", '2', link: "a").Add("c", '1', link: "s"),
            new TestTar().Add("a", content: "y"u8.ToArray()).Add("d", '1', link: "b"));
        MergedFile b = merged.Find(LayerPath.FromUtf8("b"))!;
        Assert.Equal((ImageFileKind.File, 0x9ED, 5L, 1L, Digest.Of("x"u8)), (b.Entry.Kind, b.Entry.Mode, b.Entry.Uid, b.Entry.Size, b.Digest));
        Assert.Same(b.Body, merged.Find(LayerPath.FromUtf8("d"))!.Body);
        Assert.Equal(Digest.Of("y"u8), merged.Find(LayerPath.FromUtf8("a"))!.Digest);
        Assert.Equal(ImageFileKind.SymbolicLink, merged.Find(LayerPath.FromUtf8("c"))!.Entry.Kind);
        Assert.Equal("b", merged.Find(LayerPath.FromUtf8("d"))!.LinkedTo.ToString());
    }

    [Fact]
    public void What_cannot_be_unpacked_is_an_error()
    {
        Assert.Throws<TarInvalidException>(() => Merge(new TestTar().Add("a").Add("a/b")));
        Assert.Throws<TarInvalidException>(() => Merge(new TestTar().Add("a", '1', link: "b")));
        Assert.Throws<TarInvalidException>(() => Merge(new TestTar().Add("d/", '5').Add("a", '1', link: "d")));
        MergedFileSystem small = new(maxFiles: 3);
        Assert.Throws<TarLimitException>(() => small.Apply(new TarReader(new MemoryStream(new TestTar().Add("a/b/c/d").ToArray()), "test.tar"), 0));
    }

    [Fact]
    public void Missing_parents_are_made_and_say_so()
    {
        MergedFileSystem merged = Merge(new TestTar().Add("a/b/c"), new TestTar().Add("a/", '5', mode: 0x1C0));
        Assert.False(merged.Find(LayerPath.FromUtf8("a"))!.IsImplicit);
        Assert.True(merged.Find(LayerPath.FromUtf8("a/b"))!.IsImplicit);
        Assert.Equal(0x1ED, merged.Find(LayerPath.FromUtf8("a/b"))!.Entry.Mode);
        Assert.True(merged.Root.IsImplicit);
    }

    [Fact]
    public void Content_is_kept_and_observed_where_asked()
    {
        MergedFileSystem merged = new();
        Observer observer = new();
        merged.Apply(
            new TarReader(new MemoryStream(new TestTar().Add("etc/passwd", content: "root"u8.ToArray()).Add("bin/x", content: new byte[200_000]).ToArray()), "test.tar"), 0,
            entry => entry.Path == LayerPath.FromUtf8("etc/passwd"), entry => entry.Size > 1000 ? observer : null);
        Assert.Equal("root", Encoding.UTF8.GetString(merged.Find(LayerPath.FromUtf8("etc/passwd"))!.Content!.Value.Span));
        Assert.Null(merged.Find(LayerPath.FromUtf8("bin/x"))!.Content);
        Assert.Equal((200_000L, "/bin/x"), (observer.Bytes, observer.File!.ToString()));
        Assert.Equal(Digest.Of(new byte[200_000]), observer.File.Digest);
    }

    [Fact]
    public void Names_that_are_not_utf_8_stay_apart()
    {
        MergedFileSystem merged = Merge(new TestTar().Add("caf\xe8").Add("caf\xe9"));
        Assert.Equal(["caf\\xe8", "caf\\xe9"], merged.Files().Select(file => file.Path.ToString()));
    }

    /// <summary>Ten thousand opaque markers over ten thousand files would be a hundred million steps if each were acted on.</summary>
    [Fact]
    public void Markers_again_and_again_cost_nothing()
    {
        TestTar lower = new();
        TestTar upper = new();
        for (int i = 0; i < 10_000; i++)
        {
            lower.Add($"d/l{i}");
            upper.Add($"d/u{i}").Add("d/.wh..wh..opq").Add(".wh.d");
        }
        Assert.Equal(10_001, Merge(lower, upper).Files().Count());
    }

    private static MergedFileSystem Merge(params TestTar[] layers)
    {
        MergedFileSystem merged = new();
        for (int i = 0; i < layers.Length; i++)
        {
            merged.Apply(new TarReader(new MemoryStream(layers[i].ToArray()), "test.tar"), i, keepContent: entry => entry.Size < 100);
        }
        return merged;
    }

    private static IEnumerable<string> Describe(MergedFileSystem merged) => merged.Files().Select(file =>
        $"{FileModeText.Format(file.Entry.Kind, file.Entry.Mode)} {file.Path} {file.Layer}{(file.Content is ReadOnlyMemory<byte> content ? " " + Encoding.UTF8.GetString(content.Span) : "")}");

    private sealed class Observer : IContentObserver
    {
        public long Bytes { get; private set; }

        public MergedFile? File { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes) => Bytes += bytes.Length;

        public void Completed(MergedFile file) => File = file;
    }
}
