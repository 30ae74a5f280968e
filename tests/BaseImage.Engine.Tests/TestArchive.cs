using System.Globalization;
using System.Text;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests;

/// <summary>How a test archive's Release file is signed.</summary>
internal enum TestSigning
{
    /// <summary>InRelease.</summary>
    Inline,

    /// <summary>Release and an armored Release.gpg.</summary>
    Detached,

    /// <summary>Release alone.</summary>
    None,
}

/// <summary>
/// Builds a signed archive folder of packages that a test makes: <c>FOLDER/ID/dists</c> and <c>FOLDER/ID/pool</c>, as
/// Save-BaseImagePackage lays them out, so that FOLDER and FOLDER/ID are both good mirrors. One suite an object; several
/// objects may share a folder and an id. The same calls give the same bytes.
/// </summary>
internal sealed class TestArchive
{
    private readonly List<(byte[] Bytes, string Architecture, string Control, string Path)> _packages = [];
    private readonly string _folder;

    /// <summary>Begins an archive.</summary>
    public TestArchive(string folder, string id = "debian", string suite = "bookworm")
    {
        (_folder, Id, Suite) = (folder, id, suite);
        Label = id == "debian-security" ? "Debian-Security" : "Debian";
    }

    /// <summary>The archive's id.</summary>
    public string Id { get; }

    /// <summary>The suite, used as the code name.</summary>
    public string Suite { get; }

    /// <summary>The Release file's Suite; null for one that a definition would not ask for.</summary>
    public string? SuiteName { get; set; }

    /// <summary>The Release file's Codename; null for the suite.</summary>
    public string? Codename { get; set; }

    /// <summary>The components; a package is in the one that stands first in its path's folder below pool.</summary>
    public IReadOnlyList<string> Components { get; set; } = ["main"];

    /// <summary>The Release file's Date as it is written there; null for <see cref="Date"/> as apt writes it.</summary>
    public string? DateText { get; set; }

    /// <summary>The Release file's Origin.</summary>
    public string Origin { get; set; } = "Debian";

    /// <summary>The Release file's Label.</summary>
    public string Label { get; set; }

    /// <summary>The Release file's Date.</summary>
    public DateTimeOffset Date { get; set; } = new(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>The Release file's Valid-Until; null for none.</summary>
    public DateTimeOffset? ValidUntil { get; set; }

    /// <summary>The architectures.</summary>
    public IReadOnlyList<string> Architectures { get; set; } = ["amd64", "arm64"];

    /// <summary>How the Packages files are compressed: xz (stored), gz, or nothing.</summary>
    public IReadOnlyList<string> Compressions { get; set; } = ["xz"];

    /// <summary>True to offer indexes by hash.</summary>
    public bool ByHash { get; set; } = true;

    /// <summary>How it is signed.</summary>
    public TestSigning Signing { get; set; } = TestSigning.Inline;

    /// <summary>The key.</summary>
    public TestKey Key { get; set; } = TestKey.Default;

    /// <summary>The archive's root.</summary>
    public string Root => Path.Combine(_folder, Id);

    /// <summary>The keyring that trusts the key, a full path.</summary>
    public string KeyringPath => Path.Combine(_folder, $"{Id}-{Suite}.pgp");

    /// <summary>The path of the signed file under the root.</summary>
    public string ReleasePath => $"dists/{Suite}/{(Signing == TestSigning.Inline ? "InRelease" : "Release")}";

    /// <summary>The archive as a definition has it.</summary>
    public ArchiveSource Source => new() { Id = Id, Suites = [Suite], Keyring = Signing == TestSigning.None ? null : KeyringPath, ChecksumsOnly = Signing == TestSigning.None };

    /// <summary>Access to the folder alone.</summary>
    public ArchiveAccess Access => new() { Mirrors = [new("", _folder)], Offline = true };

    /// <summary>Adds a package.</summary>
    public TestArchive Add(TestDeb deb, string component = "main")
    {
        string letter = deb.Name.StartsWith("lib", StringComparison.Ordinal) && deb.Name.Length > 3 ? deb.Name[..4] : deb.Name[..1];
        _packages.Add((deb.ToArray(), deb.Architecture, deb.Control, $"pool/{component}/{letter}/{deb.Name}/{deb.FileName}"));
        return this;
    }

    /// <summary>Adds a real package.</summary>
    public async Task<TestArchive> AddAsync(string path)
    {
        string control = (await Tools.RunAsync(Tools.Require("dpkg-deb"), ["-f", path])).TrimEnd('\n') + "\n";
        string architecture = control.Split('\n').First(line => line.StartsWith("Architecture: ", StringComparison.Ordinal))["Architecture: ".Length..];
        _packages.Add((await File.ReadAllBytesAsync(path), architecture, control, $"pool/main/r/{Path.GetFileName(path)}"));
        return this;
    }

    /// <summary>Writes pool, indexes, Release file, signature and keyring, over what was there.</summary>
    public TestArchive Write()
    {
        foreach ((byte[] bytes, _, _, string path) in _packages)
        {
            Save(Path.Combine(Root, path), bytes);
        }

        StringBuilder files = new();
        string dists = Path.Combine(Root, "dists", Suite);
        foreach ((string component, string architecture) in Components.SelectMany(component => Architectures.Select(architecture => (component, architecture))))
        {
            byte[] index = Encoding.UTF8.GetBytes(Index(component, architecture));
            Save(Path.Combine(dists, component, $"binary-{architecture}", "Release"), Encoding.UTF8.GetBytes($"Component: {component}\nArchitecture: {architecture}\n"));
            foreach (string compression in Compressions)
            {
                byte[] content = TestDeb.Compress(index, compression);
                string path = $"{component}/binary-{architecture}/Packages{(compression.Length == 0 ? "" : "." + compression)}";
                Digest digest = Digest.Of(content);
                files.Append(CultureInfo.InvariantCulture, $" {digest.Hex} {content.Length,16} {path}\n");
                Save(Path.Combine(dists, path), content);
                if (ByHash)
                {
                    Save(Path.Combine(dists, component, $"binary-{architecture}", "by-hash", "SHA256", digest.Hex), content);
                }
            }
        }

        string release = string.Create(CultureInfo.InvariantCulture,
            $"Origin: {Origin}\nLabel: {Label}\nSuite: {SuiteName ?? Suite + "-suite"}\nCodename: {Codename ?? Suite}\nDate: {DateText ?? Date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " UTC"}\n{(ValidUntil is { } until ? string.Create(CultureInfo.InvariantCulture, $"Valid-Until: {until.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} UTC\n") : "")}{(ByHash ? "Acquire-By-Hash: yes\n" : "")}Architectures: {string.Join(' ', Architectures)}\nComponents: {string.Join(' ', Components)}\nDescription: made by a test\nSHA256:\n{files}");
        foreach (string old in new[] { "InRelease", "Release", "Release.gpg" })
        {
            File.Delete(Path.Combine(dists, old));
        }

        if (Signing == TestSigning.Inline)
        {
            Save(Path.Combine(dists, "InRelease"), Key.ClearSign(release));
        }
        else
        {
            Save(Path.Combine(dists, "Release"), Encoding.UTF8.GetBytes(release));
            if (Signing == TestSigning.Detached)
            {
                Save(Path.Combine(dists, "Release.gpg"), Key.DetachSign(Encoding.UTF8.GetBytes(release)));
            }
        }

        Save(KeyringPath, Key.Public);
        return this;
    }

    private string Index(string component, string architecture)
    {
        StringBuilder index = new();
        foreach ((byte[] bytes, _, string control, string path) in _packages.Where(p => (p.Architecture == architecture || p.Architecture == "all") && p.Path.StartsWith($"pool/{component}/", StringComparison.Ordinal)).OrderBy(p => p.Path, StringComparer.Ordinal))
        {
            index.Append(control).Append(CultureInfo.InvariantCulture, $"Filename: {path}\nSize: {bytes.Length}\nSHA256: {Digest.Of(bytes).Hex}\n\n");
        }

        return index.ToString();
    }

    private static void Save(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
