using System.Globalization;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>Compares the packages of two images.</summary>
internal static class PackageDifferences
{
    /// <summary>Adds packages that differ; gives the names of those that do.</summary>
    internal static IReadOnlySet<string> Find(IReadOnlyList<ImagePackage> left, IReadOnlyList<ImagePackage> right, DifferenceList list)
    {
        ILookup<(string, string), ImagePackage> before = left.ToLookup(Key), after = right.ToLookup(Key);
        HashSet<string> changed = new(StringComparer.Ordinal);
        foreach ((string Name, string Architecture) key in before.Select(group => group.Key).Union(after.Select(group => group.Key)).OrderBy(key => key.Item1, StringComparer.Ordinal).ThenBy(key => key.Item2, StringComparer.Ordinal))
        {
            ImagePackage[] a = [.. before[key].OrderBy(package => package.Version)], b = [.. after[key].OrderBy(package => package.Version)];
            if (a.Select(package => package.Version.ToString()).SequenceEqual(b.Select(package => package.Version.ToString()), StringComparer.Ordinal))
            {
                continue;
            }

            changed.Add(key.Name);
            (string x, string y) = (Versions(a), Versions(b));
            list.Add(new ImageDifference
            {
                Kind = ImageDifferenceKind.Package,
                Change = a.Length == 0 ? ImageDifferenceChange.Added : b.Length == 0 ? ImageDifferenceChange.Removed : ImageDifferenceChange.Changed,
                Path = list.Safe(key.Architecture.Length == 0 ? key.Name : $"{key.Name}:{key.Architecture}"),
                Package = list.Safe(key.Name),
                ReferenceValue = list.Safe(x),
                DifferenceValue = list.Safe(y),
                SizeDelta = b.Sum(package => package.InstalledSize) - a.Sum(package => package.InstalledSize),
                Cause = DifferenceCause.PackageVersion,
                Message = a.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"Version {y} was added.")
                    : b.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"Version {x} was removed.")
                    : string.Create(CultureInfo.InvariantCulture, $"Version {x} became {y}{(a[^1].Version > b[^1].Version ? ", an older one" : "")}."),
            });
        }

        return changed;
    }

    private static (string, string) Key(ImagePackage package) => (package.Name, package.Architecture);

    private static string Versions(IEnumerable<ImagePackage> packages) => string.Join(", ", packages.Select(package => package.Version));
}
