using System.Collections.Concurrent;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Finds keyrings: by name among those that ship with the module, or by full path.</summary>
internal static class Keyrings
{
    private const int MaximumKnown = 64;

    private static readonly ConcurrentDictionary<(Digest Content, string Name), Keyring> Known = new();
    private static readonly string[] Endings = ["", ".pgp", ".gpg", ".asc"];

    /// <summary>Reads a keyring.</summary>
    /// <param name="nameOrPath">For instance <c>debian-bookworm</c>, or a full path.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="KeyringInvalidException">There is no such keyring, or it cannot be read.</exception>
    public static async Task<Keyring> LoadAsync(string nameOrPath, CancellationToken cancellationToken)
    {
        string path = Find(nameOrPath) ?? throw new KeyringInvalidException(nameOrPath, "does not exist");
        try
        {
            byte[] content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            if (Known.Count >= MaximumKnown)
            {
                Known.Clear();
            }

            // By name too: it is part of the keyring's errors.
            return Known.GetOrAdd((Digest.Of(content), nameOrPath), _ => Keyring.Parse(content, nameOrPath));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyringInvalidException(nameOrPath, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The folder of the keyrings that ship with the module, or null when it is not there.</summary>
    public static string? Folder()
    {
        string assembly = Path.GetDirectoryName(typeof(Keyrings).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
        // module/bin/dependencies/../../keyrings when shipped; a build's own output lies somewhere under the checkout.
        for (DirectoryInfo? at = new(assembly); at is not null; at = at.Parent)
        {
            foreach (string candidate in new[] { Path.Combine(at.FullName, "keyrings"), Path.Combine(at.FullName, "module", "keyrings") })
            {
                if (Directory.Exists(candidate) && Directory.EnumerateFiles(candidate, "*.pgp").Any())
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    private static string? Find(string nameOrPath)
    {
        if (Path.IsPathFullyQualified(nameOrPath))
        {
            return File.Exists(nameOrPath) ? nameOrPath : null;
        }

        // A name is a name: a path in disguise would be looked for in a place that nobody meant.
        if (nameOrPath.Length == 0 || nameOrPath.IndexOfAny(['/', '\\', ':', '\0']) >= 0 || nameOrPath.StartsWith('.') || Folder() is not { } folder)
        {
            return null;
        }

        return Endings.Select(ending => Path.Combine(folder, nameOrPath + ending)).FirstOrDefault(File.Exists);
    }
}
