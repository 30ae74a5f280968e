using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>
/// Opens a .deb once: lists it, and gathers the contents of its regular files one after the other in a temporary file,
/// which is deleted with the stream. Nothing is ever laid out as a tree on the host.
/// </summary>
internal static class PackageUnpacker
{
    private const int MaxScript = 1 << 20;

    /// <summary>Unpacks.</summary>
    /// <param name="deb">The package, from its beginning.</param>
    /// <param name="digest">Its SHA-256.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="spool">Where the contents go.</param>
    /// <param name="ahead">True to decompress on a thread beside the one that looks at what comes out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<PackageListing> UnpackAsync(Stream deb, Digest digest, string name, Stream spool, bool ahead, CancellationToken cancellationToken)
    {
        DebPackage package = DebPackage.Open(deb, name);
        await using (package.ConfigureAwait(false))
        {
            Reader reader = new(name, spool, cancellationToken);
            reader.Read(package.OpenData(ahead));
            return new PackageListing
            {
                Package = digest,
                Control = Encoding.UTF8.GetBytes(package.ControlText),
                Md5Sums = package.ControlFiles.TryGetValue("md5sums", out ReadOnlyMemory<byte> sums) ? sums.ToArray() : null,
                Scripts = Scripts(package, name),
                Entries = reader.Finish(),
            };
        }
    }

    private static List<PackageScript> Scripts(DebPackage package, string name)
    {
        List<PackageScript> scripts = [];
        foreach (string script in new[] { "postinst", "preinst" })
        {
            if (package.ControlFiles.TryGetValue(script, out ReadOnlyMemory<byte> text))
            {
                scripts.Add(text.Length <= MaxScript
                    ? new PackageScript(script, Encoding.UTF8.GetString(text.Span))
                    : throw new PackageContentInvalidException(name, $"its {script} is larger than {MaxScript >> 20} MiB"));
            }
        }

        return scripts;
    }

    private sealed class Reader(string name, Stream spool, CancellationToken cancellationToken)
    {
        private readonly List<ListedEntry> _entries = [];
        private readonly Dictionary<LayerPath, int> _byPath = [];
        private readonly HashSet<int> _superseded = [];
        private readonly byte[] _buffer = new byte[1 << 16];
        private long _kept;

        public void Read(ITarEntries data)
        {
            while (data.Next() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ListedEntry listed = entry.Kind switch
                {
                    ImageFileKind.File => ReadFile(entry, data.Content),
                    ImageFileKind.HardLink => new ListedEntry(entry, default, 0, Target(entry), null),
                    _ => new ListedEntry(entry, default, 0, -1, null),
                };
                // Of a path that is there twice the last counts, as for tar; links to the first keep meaning the first.
                if (_byPath.TryGetValue(entry.Path, out int earlier) && listed.Target != earlier)
                {
                    _superseded.Add(earlier);
                }

                if (listed.Target < 0 || !_byPath.TryGetValue(entry.Path, out int same) || listed.Target != same)
                {
                    _byPath[entry.Path] = _entries.Count;
                    _entries.Add(listed);
                }
            }
        }

        // Indexes must be those of the list that is kept.
        public IReadOnlyList<ListedEntry> Finish()
        {
            HashSet<int> linked = _entries.Where(e => e.Target >= 0).Select(e => e.Target).ToHashSet();
            if (_superseded.Any(linked.Contains))
            {
                throw new PackageContentInvalidException(name, "it replaces a file that it has linked to");
            }

            int[] moved = new int[_entries.Count];
            List<ListedEntry> result = new(_entries.Count);
            for (int i = 0; i < _entries.Count; i++)
            {
                moved[i] = result.Count;
                if (!_superseded.Contains(i))
                {
                    ListedEntry entry = _entries[i];
                    result.Add(entry.Target < 0 ? entry : entry with { Target = moved[entry.Target] });
                }
            }

            return result;
        }

        private ListedEntry ReadFile(LayerEntry entry, Stream content)
        {
            long offset = spool.Position;
            bool keep = KeptContent.Includes(entry) && _kept + entry.Size <= KeptContent.MaxPackage;
            using MemoryStream? kept = keep ? new MemoryStream((int)entry.Size) : null;
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long length = 0;
            for (int read; (read = content.Read(_buffer)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(_buffer, 0, read);
                spool.Write(_buffer, 0, read);
                kept?.Write(_buffer, 0, read);
            }

            if (length != entry.Size)
            {
                throw new PackageContentInvalidException(name, $"'{entry.Path}' ends early");
            }

            _kept += kept?.Length ?? 0;
            return new ListedEntry(entry, Digest.FromSha256(hash.GetHashAndReset()), offset, -1, kept?.ToArray());
        }

        private int Target(LayerEntry entry)
        {
            if (!_byPath.TryGetValue(entry.HardLinkPath, out int target) || _entries[target].Entry.Kind == ImageFileKind.Directory)
            {
                throw new PackageContentInvalidException(name, $"'{entry.Path}' is a hard link to '{entry.LinkTargetText}', which is not a file before it");
            }

            return _entries[target].Target >= 0 ? _entries[target].Target : target;
        }
    }
}
