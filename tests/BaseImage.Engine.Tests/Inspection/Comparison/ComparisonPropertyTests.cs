using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>Random trees in random layers: an image is equal to itself, and one change is found where it was made and nowhere else.</summary>
public sealed class ComparisonPropertyTests
{
    private static readonly ImageDifferenceKind[] s_documents = [ImageDifferenceKind.Layer, ImageDifferenceKind.History, ImageDifferenceKind.Metadata];

    private sealed record Node(string Path, char Type, string Text, int Mode, int Owner, int Time);

    [Fact]
    public void AnImageIsEqualToItselfAndOneChangeIsFoundAndNothingElse()
    {
        using ComparisonRoom room = new();
        HashSet<ImageDifferenceKind> seen = [];
        int tried = 0;
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), async seed =>
        {
            Random random = new(seed);
            List<Node> tree = Tree(random);
            TestBuild build = Build(tree, random.Next(1, 4));

            // Another creation time, so that the digests say nothing and the files are read.
            ImageComparison same = await room.CompareAsync(build, Build(tree, random.Next(1, 4)) with { Created = DateTimeOffset.UnixEpoch.AddDays(1) });
            Assert.Equal(ComparisonVerdict.Equivalent, same.Verdict);
            Assert.DoesNotContain(same.Differences, found => !s_documents.Contains(found.Kind));

            (List<Node> changed, ImageDifferenceKind kind, string path) = Change(tree, random, tried++);
            ImageComparison other = await room.CompareAsync(build, Build(changed, random.Next(1, 4)));
            ImageDifference found = Assert.Single(other.Differences, difference => !s_documents.Contains(difference.Kind));
            Assert.Equal((kind, path), (found.Kind, found.Path));
            Assert.Equal(kind is ImageDifferenceKind.Time ? ComparisonVerdict.Equivalent : ComparisonVerdict.Different, other.Verdict);
            seen.Add(kind);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
        Assert.True(seen.Count >= 7, $"only {string.Join(", ", seen)} were tried");
    }

    private static List<Node> Tree(Random random)
    {
        List<Node> nodes = [];
        for (int folder = 0; folder < 3; folder++)
        {
            nodes.Add(new Node($"d{folder}/", '5', "", 0x1ED, random.Next(3), random.Next(100)));
            for (int i = 0; i < random.Next(2, 7); i++)
            {
                bool link = random.Next(4) == 0;
                nodes.Add(new Node($"d{folder}/n{i}", link ? '2' : '0', link ? $"t{random.Next(9)}" : new string((char)('a' + random.Next(26)), random.Next(1, 3000)), 0x1A4, random.Next(3), random.Next(100)));
            }
        }

        return nodes;
    }

    // Folders come with the first layer; the rest is dealt out.
    private static TestBuild Build(List<Node> nodes, int layers)
    {
        TestTar[] tars = [.. Enumerable.Range(0, layers).Select(_ => new TestTar())];
        for (int i = 0; i < nodes.Count; i++)
        {
            Node node = nodes[i];
            int layer = node.Type == '5' ? 0 : i % layers;
            tars[layer].Add(node.Path, node.Type, node.Type == '0' ? Encoding.ASCII.GetBytes(node.Text) : null, node.Type == '2' ? node.Text : "", node.Mode, node.Owner, node.Owner, node.Time);
        }

        return new TestBuild([.. tars.Select(tar => tar.ToArray())]);
    }

    // Every sort of change in its turn, at a random place that it suits; the next sort where a tree has none.
    private static (List<Node> Tree, ImageDifferenceKind Kind, string Path) Change(List<Node> tree, Random random, int sort)
    {
        List<Node> changed = [.. tree];
        bool Suits(Node node) => (sort % 8) switch
        {
            0 or 7 => node.Type == '0',
            1 => node.Type == '2',
            2 => node.Type != '2',
            5 => node.Type != '5',
            _ => true,
        };
        int[] places = [.. Enumerable.Range(0, changed.Count).Where(i => Suits(changed[i]))];
        if (places.Length == 0)
        {
            return Change(tree, random, sort + 1);
        }

        int at = places[random.Next(places.Length)];
        Node node = changed[at];
        switch (sort % 8)
        {
            case 0:
                char[] text = node.Text.ToCharArray();
                text[random.Next(text.Length)] = '!';
                return With(node with { Text = new string(text) }, ImageDifferenceKind.Content);
            case 1:
                return With(node with { Text = node.Text + "x" }, ImageDifferenceKind.Link);
            case 2:
                return With(node with { Mode = node.Mode ^ 0x40 }, ImageDifferenceKind.Mode);
            case 3:
                return With(node with { Owner = node.Owner + 1 }, ImageDifferenceKind.Owner);
            case 4:
                return With(node with { Time = node.Time + 1 }, ImageDifferenceKind.Time);
            case 5:
                changed.RemoveAt(at);
                return (changed, ImageDifferenceKind.File, "/" + node.Path);
            case 6:
                changed.Add(node with { Path = "d0/added", Type = '0', Text = "new" });
                return (changed, ImageDifferenceKind.File, "/d0/added");
            default:
                return With(node with { Type = '2', Text = "elsewhere" }, ImageDifferenceKind.Type);
        }

        (List<Node>, ImageDifferenceKind, string) With(Node other, ImageDifferenceKind kind)
        {
            changed[at] = other;
            return (changed, kind, "/" + node.Path.TrimEnd('/'));
        }
    }
}
