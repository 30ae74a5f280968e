using System.Reflection;
using System.Runtime.CompilerServices;
using BaseImage.Errors;

namespace BaseImage.Core.Tests;

/// <summary>
/// Scripts tell failures apart by their ids, so that an id is for ever: ErrorIds.txt pins them, one a line. A new failure
/// adds its line; no line is ever changed or taken away.
/// </summary>
public sealed class ErrorIdTests
{
    private static readonly Type[] Failures = [.. typeof(BaseImageException).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(BaseImageException)) && !type.IsAbstract)];

    [Fact]
    public void Every_id_is_pinned()
    {
        string[] pinned = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "ErrorIds.txt")).Where(line => line.Length > 0).Order(StringComparer.Ordinal)];
        string[] present = [.. Failures.Select(Id).Order(StringComparer.Ordinal)];
        Assert.Equal(pinned, present);
    }

    [Fact]
    public void Every_failure_is_sealed_documented_by_its_name_and_of_a_kind()
    {
        foreach (Type type in Failures)
        {
            Assert.True(type.IsSealed, $"{type.Name} can be derived from.");
            Assert.Matches("^[A-Z][A-Za-z0-9]+$", Id(type));
            Assert.True(Enum.IsDefined(Bare(type).Kind), $"{type.Name} is of no kind.");
        }
    }

    private static string Id(Type type) => Bare(type).ErrorId;

    // Ids and kinds are constants of the type; no constructor has to be guessed at to read them.
    private static BaseImageException Bare(Type type) => (BaseImageException)RuntimeHelpers.GetUninitializedObject(type);
}
