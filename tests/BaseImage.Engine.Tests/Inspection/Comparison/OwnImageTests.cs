using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Building;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>Images that this module built are compared by their fragments; the list of them is not believed for a better verdict.</summary>
public sealed class OwnImageTests : IDisposable
{
    private readonly ComparisonRoom _room = new();
    private readonly BuildBench _bench = new();

    public void Dispose()
    {
        _bench.Dispose();
        _room.Dispose();
    }

    [Fact]
    public async Task OnlyTheFragmentsThatDifferAreUnpacked()
    {
        TestDeb[] before = [Package("one", "a"), Package("two", "b"), Package("three", "c")];
        string first = await WriteAsync("first", await _bench.BuildAsync(_bench.Lock(before)));
        string second = await WriteAsync("second", await _bench.BuildAsync(_bench.Lock(before[0], Package("two", "B", "1.0-2"), before[2])));
        ImageComparison found = Assert.Single(await _room.CompareAsync(first, second));
        Assert.Equal((ComparisonVerdict.Different, ComparisonBasis.Fragments), (found.Verdict, found.Basis));
        ImageDifference package = Assert.Single(found.Differences, difference => difference.Kind is ImageDifferenceKind.Package);
        Assert.Equal(("two", "1.0-1", "1.0-2"), (package.Package, package.ReferenceValue, package.DifferenceValue));
        ImageDifference content = Assert.Single(found.Differences, difference => difference.Path == "/usr/share/two/data");
        Assert.Equal((ImageDifferenceKind.Content, 0L, DifferenceCause.PackageVersion), (content.Kind, content.Offset, content.Cause));

        // What the whole layers say is the same: without the lists, which archives of Docker do not have.
        string whole = $"docker-archive:{_room.Images.Folder.Combine("whole.tar")}";
        await _room.Images.WriteAsync(whole, await _bench.BuildAsync(_bench.Lock(before)), "x");
        ImageComparison full = Assert.Single(await _room.CompareAsync(whole, second));
        Assert.Equal(ComparisonBasis.Content, full.Basis);
        Assert.Equal(Files(full), Files(found));
        Assert.Equal((full.SizeAdded, full.SizeSaved), (found.SizeAdded, found.SizeSaved));
    }

    [Fact]
    public async Task AListThatLiesMakesNothingEqual()
    {
        BuiltImage one = await _bench.BuildAsync(_bench.Lock(Package("one", "a"))), two = await _bench.BuildAsync(_bench.Lock(Package("one", "b")));

        // The second claims to be made of the first's fragments.
        BuiltManifest manifest = two.Manifests[0];
        BuiltLayer layer = manifest.Layers[0];
        string lie = one.Manifests[0].Layers[0].Descriptor.Annotations[LayerFragments.Annotation];
        layer = layer with { Descriptor = layer.Descriptor with { Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [LayerFragments.Annotation] = lie } } };
        BuiltImage lying = two with { Manifests = [manifest with { Layers = [layer], Manifest = OciDocuments.Manifest(manifest.Config.Descriptor, [layer.Descriptor]) }] };
        ImageComparison found = Assert.Single(await _room.CompareAsync(await WriteAsync("one", one), await WriteAsync("lying", lying)));
        Assert.Equal((ComparisonVerdict.Different, ComparisonBasis.Content), (found.Verdict, found.Basis));
        Assert.Contains(found.Differences, difference => difference.Path == "/usr/share/one/data");
    }

    [Fact]
    public async Task OtherTimesAloneAreEquivalentByEveryFile()
    {
        TestDeb[] packages = [Package("one", "a"), Package("two", "b")];
        string first = await WriteAsync("first", await _bench.BuildAsync(_bench.Lock(packages)));
        string second = await WriteAsync("second", await _bench.BuildAsync(_bench.Lock(packages), epoch: BuildBench.Epoch.AddDays(1)));
        ImageComparison found = Assert.Single(await _room.CompareAsync(first, second));
        Assert.Equal((ComparisonVerdict.Equivalent, ComparisonBasis.Content), (found.Verdict, found.Basis));
    }

    private static string[] Files(ImageComparison comparison)
        => [.. comparison.Differences.Where(difference => difference.Path.StartsWith('/') || difference.Kind is ImageDifferenceKind.Package).Select(difference => difference.ToString())];

    private async Task<string> WriteAsync(string name, BuiltImage image)
    {
        string place = $"oci:{_room.Images.Folder.Combine(name)}";
        await _room.Images.WriteAsync(place, image, "x");
        return place;
    }

    private static TestDeb Package(string name, string content, string version = "1.0-1")
        => new TestDeb(name, version).File($"usr/share/{name}/data", content + new string('x', 50_000)).File($"usr/share/{name}/more", "same");
}
