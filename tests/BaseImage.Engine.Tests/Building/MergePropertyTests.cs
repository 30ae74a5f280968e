using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Building;

/// <summary>
/// Random packages whose paths collide: files over files, links over directories, links over links, hard links to what
/// others replace. The result is held against a model that knows nothing of fragments, caches or fixpoints: it walks paths
/// through links, the way a kernel does, and asks which package comes last.
/// </summary>
public sealed class MergePropertyTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Cold_warm_and_any_number_of_workers_give_what_the_model_gives()
    {
        int built = 0, refused = 0;
        Gen<Item[][]> packages = Item.Generate().ArrayOf(6).ArrayOf(3);
        Prop.ForAll(packages.ToArbitrary(), async items =>
        {
            TestDeb[] debs = [.. items.Select((list, index) => Make(index, list))];
            string cold, warm;
            try
            {
                (cold, warm) = await BuildTwiceAsync(debs);
            }
            catch (BaseImageException e) when (e is PackageFilesConflictException or LinkLoopException or PackageContentInvalidException)
            {
                refused++;
                return;
            }

            built++;
            Assert.Equal(cold, warm);
            Assert.Equal(Model(items), cold);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
        Assert.True(built > 60, $"{built} built, {refused} refused: the generator makes too few that can be built");
        Assert.True(refused > 0);
    }

    private static async Task<(string Cold, string Warm)> BuildTwiceAsync(TestDeb[] debs)
    {
        using BuildBench one = new();
        BuiltImage single = await one.BuildAsync(one.Lock(debs), workers: 1);
        using BuildBench other = new();
        // Whatever of it another set of packages has left in the cache must make no difference.
        try
        {
            await other.BuildAsync(other.Lock(debs[..^1]), workers: 3);
        }
        catch (BaseImageException)
        {
        }

        BuiltImage parallel = await other.BuildAsync(other.Lock(debs), workers: 3);
        Assert.Equal(single.Root.Digest, parallel.Root.Digest);
        return (await PrintAsync(single), await PrintAsync(parallel));
    }

    private static async Task<string> PrintAsync(BuiltImage image)
    {
        MergedFileSystem files = await BuildBench.ReadAsync(image.Manifests[0].Layers[0]);
        LayerPath root = LayerPath.FromUtf8("opt");
        return string.Join('\n', files.Files().Where(file => file.Path.IsBelow(root)).OrderBy(file => file.Path.ToString(), StringComparer.Ordinal).Select(file => file.Entry.Kind switch
        {
            ImageFileKind.Directory => $"{file.Path}/",
            ImageFileKind.SymbolicLink => $"{file.Path} -> {file.Entry.LinkTargetText}",
            _ => $"{file.Path} = {Encoding.UTF8.GetString(file.Content!.Value.Span)}",
        }));
    }

    private static TestDeb Make(int index, Item[] items)
    {
        TestDeb deb = new("p" + (char)('0' + index));
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (Item item in Sound(items))
        {
            switch (item.Kind)
            {
                case 'd':
                    deb.Directory("opt/" + item.Path);
                    break;
                case 'l':
                    deb.Link("opt/" + item.Path, item.Target);
                    break;
                default:
                    deb.File("opt/" + item.Path, $"{index} {item.Path}");
                    break;
            }

            taken.Add(item.Path);
        }

        return deb;
    }

    // One package is sound by itself: no path twice, nothing below what is not a directory.
    private static IEnumerable<Item> Sound(Item[] items)
    {
        List<Item> kept = [];
        foreach (Item item in items)
        {
            bool clash = kept.Any(other => other.Path == item.Path || (other.Kind != 'd' && item.Path.StartsWith(other.Path + "/", StringComparison.Ordinal))
                || (item.Kind != 'd' && other.Path.StartsWith(item.Path + "/", StringComparison.Ordinal)));
            if (!clash)
            {
                kept.Add(item);
            }
        }

        return kept;
    }

    // Lays links first and again and again, each time walking through those known, until nothing moves.
    private static string Model(Item[][] packages)
    {
        Item[][] sound = [.. packages.Select(items => Sound(items).ToArray())];
        Dictionary<string, string> links = new(StringComparer.Ordinal);
        Dictionary<string, string> leaves = [];
        HashSet<string> directories = [];
        for (int round = 0; round < 20; round++)
        {
            leaves = new Dictionary<string, string>(StringComparer.Ordinal);
            directories = new HashSet<string>(StringComparer.Ordinal) { "opt" };
            for (int index = 0; index < sound.Length; index++)
            {
                foreach (Item item in sound[index])
                {
                    string path = "opt/" + item.Path;
                    string at = item.Kind == 'd' ? Walk(path, links) : Walk(Parent(path), links) + path[path.LastIndexOf('/')..];
                    directories.UnionWith(Parents(at));
                    if (item.Kind == 'd')
                    {
                        directories.Add(at);
                        continue;
                    }

                    string leaf = item.Kind == 'l' ? " -> " + item.Target : $" = {index} {item.Path}";
                    bool toItself = item.Kind == 'l' && !links.ContainsKey(at) && Walk(Join(Parent(at), item.Target), links) == at;
                    if (!toItself || !leaves.ContainsKey(at))
                    {
                        leaves[at] = leaf;
                    }
                }
            }

            bool changed = false;
            foreach ((string path, string leaf) in leaves)
            {
                if (leaf.StartsWith(" -> ", StringComparison.Ordinal) && (directories.Contains(path) || links.ContainsKey(path)) && links.GetValueOrDefault(path) != leaf[4..])
                {
                    links[path] = leaf[4..];
                    changed = true;
                }
            }

            if (!changed)
            {
                break;
            }
        }

        return string.Join('\n', directories.Where(d => d.StartsWith("opt/", StringComparison.Ordinal)).Select(d => (d, "/")).Concat(leaves.Where(l => l.Key.StartsWith("opt/", StringComparison.Ordinal)).Select(l => (l.Key, l.Value)))
            .OrderBy(line => line.Item1, StringComparer.Ordinal).Select(line => line.Item1 + line.Item2));
    }

    private static string Walk(string path, Dictionary<string, string> links)
    {
        LinkedList<string> pending = new(path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        List<string> done = [];
        int hops = 0;
        while (pending.First is { } first)
        {
            pending.RemoveFirst();
            if (first.Value == "..")
            {
                if (done.Count > 0)
                {
                    done.RemoveAt(done.Count - 1);
                }

                continue;
            }

            done.Add(first.Value);
            if (links.TryGetValue(string.Join('/', done), out string? target) && hops++ < 40)
            {
                done.RemoveAt(done.Count - 1);
                if (target.StartsWith('/'))
                {
                    done.Clear();
                }

                foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                {
                    pending.AddFirst(part);
                }
            }
        }

        return string.Join('/', done);
    }

    private static string Join(string folder, string target) => target.StartsWith('/') ? target : $"{folder}/{target}";

    private static string Parent(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";

    private static IEnumerable<string> Parents(string path)
    {
        for (string parent = Parent(path); parent.Length > 0; parent = Parent(parent))
        {
            yield return parent;
        }
    }

    private sealed record Item(char Kind, string Path, string Target)
    {
        public static Gen<Item> Generate()
        {
            Gen<string> name = Gen.Elements(Names);
            Gen<string> leaf = Gen.Frequency((12, Gen.Elements("f", "g")), (1, name));
            Gen<string> folder = Gen.OneOf(name, from x in name from y in name select $"{x}/{y}");
            Gen<string> path = Gen.OneOf(leaf, from x in folder from y in leaf select $"{x}/{y}");
            Gen<string> target = Gen.OneOf(name, from x in name select "/opt/" + x, from x in name from y in name select $"/opt/{x}/{y}", from x in name select "../" + x);
            return Gen.Frequency(
                (6, from p in path select new Item('f', p, "")),
                (2, from p in folder select new Item('d', p, "")),
                (2, from p in folder from t in target select new Item('l', p, t)),
                (1, from p in path from t in target select new Item('l', p, t)));
        }
    }
}
