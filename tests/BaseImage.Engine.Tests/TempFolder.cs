namespace BaseImage.Engine.Tests;

/// <summary>A folder of its own for a test, deleted with it.</summary>
internal sealed class TempFolder : IDisposable
{
    /// <summary>Makes one.</summary>
    /// <param name="name">Part of its name, for tests of awkward names.</param>
    public TempFolder(string name = "test")
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"baseimage-{name}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>A path in it.</summary>
    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Every file and folder in it, relative, sorted, folders with a '/' at the end.</summary>
    public IReadOnlyList<string> List()
        => [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories)
            .Select(entry => System.IO.Path.GetRelativePath(Path, entry).Replace('\\', '/') + (Directory.Exists(entry) ? "/" : "")).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A reader that was not disposed of keeps it on Windows; the system's own clean-up takes it.
        }
    }
}
