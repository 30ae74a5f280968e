using System.Diagnostics.CodeAnalysis;
using BaseImage.Errors;

namespace BaseImage;

/// <summary>The kinds of place where an image lives.</summary>
public enum ImageTransport
{
    /// <summary><c>docker-daemon:</c>, and plain names: a container engine.</summary>
    DockerDaemon,

    /// <summary><c>docker://</c>: a registry.</summary>
    Registry,

    /// <summary><c>oci:</c>: a folder with an OCI image layout.</summary>
    OciLayout,

    /// <summary><c>oci-archive:</c>: a tar of an OCI image layout.</summary>
    OciArchive,

    /// <summary><c>docker-archive:</c>: what <c>docker save</c> writes.</summary>
    DockerArchive,

    /// <summary><c>store:</c>: the module's own store.</summary>
    Store,

    /// <summary>A path without a transport; its content says what it is.</summary>
    Path,
}

/// <summary>
/// An image's name in skopeo's notation (containers-transports(5)), with <c>store:</c> for the module's own store and
/// <c>@sha256:…</c> after any of them to pin it: <c>oci:folder[:ref][@digest]</c>, <c>oci-archive:file[:ref][@digest]</c>,
/// <c>docker-archive:file[:name:tag][@digest]</c>, <c>store:name[:tag][@digest]</c>, <c>docker://name[:tag][@digest]</c>,
/// <c>docker-daemon:name[:tag][@digest]</c>, <c>docker-daemon:sha256:id</c>, <c>docker-daemon:</c> alone (every image of the
/// engine), a plain name (the engine), or a path.
/// </summary>
public sealed record ImageReference
{
    private ImageReference(ImageTransport transport, string path, string name, string tag, Digest digest)
        => (Transport, Path, Name, Tag, Digest) = (transport, path, name, tag, digest);

    /// <summary>The kind of place.</summary>
    public ImageTransport Transport { get; }

    /// <summary>The folder or file of a layout, an archive or a path; empty for names.</summary>
    public string Path { get; }

    /// <summary>The repository's name in the store, an engine or a registry; empty for paths, and for <c>store:</c> alone.</summary>
    public string Name { get; }

    /// <summary>The tag of a name, or the reference name inside a layout or an archive; empty for none.</summary>
    public string Tag { get; }

    /// <summary>
    /// The digest that pins it: of the manifest or index, in a Docker archive of the config; empty for none.
    /// </summary>
    public Digest Digest { get; }

    /// <summary>True where it names a file or folder.</summary>
    public bool HasPath => Path.Length > 0;

    /// <summary>A layout's folder.</summary>
    public static ImageReference Layout(string path, string tag = "", Digest digest = default) => OfPath(ImageTransport.OciLayout, path, tag, digest);

    /// <summary>A tar of a layout.</summary>
    public static ImageReference OciArchive(string path, string tag = "", Digest digest = default) => OfPath(ImageTransport.OciArchive, path, tag, digest);

    /// <summary>A Docker archive.</summary>
    public static ImageReference DockerArchive(string path, string tag = "", Digest digest = default) => OfPath(ImageTransport.DockerArchive, path, tag, digest);

    /// <summary>An image of the store; with an empty name all of them.</summary>
    public static ImageReference Store(string name, string tag = "", Digest digest = default) => new(ImageTransport.Store, "", name, tag, digest);

    /// <summary>Reads a reference.</summary>
    /// <exception cref="ImageReferenceInvalidException">The text is no reference; the message says why.</exception>
    public static ImageReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = Read(text, out ImageReference? reference);
        return reference ?? throw new ImageReferenceInvalidException(text, problem!);
    }

    /// <summary>Reads a reference.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        return text is not null && Read(text, out reference) is null;
    }

    /// <summary>True where a text without a transport is a path: it starts with <c>./</c>, <c>../</c>, a root or a drive letter.</summary>
    public static bool IsPath(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text is "." or ".."
            || text.StartsWith('/') || text.StartsWith('\\')
            || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith(".\\", StringComparison.Ordinal)
            || text.StartsWith("../", StringComparison.Ordinal) || text.StartsWith("..\\", StringComparison.Ordinal)
            || text.StartsWith("~/", StringComparison.Ordinal) || text.StartsWith("~\\", StringComparison.Ordinal)
            || HasDrive(text);
    }

    /// <summary>The same image with its path made full by the caller, who knows the session's location; names stay as they are.</summary>
    public ImageReference MapPath(Func<string, string> toFull)
    {
        ArgumentNullException.ThrowIfNull(toFull);
        return HasPath ? OfPath(Transport, toFull(Path), Tag, Digest) : this;
    }

    /// <summary>The same place, another tag.</summary>
    public ImageReference WithTag(string tag) => new(Transport, Path, Name, tag, Digest);

    /// <summary>The same place, pinned; the tag is dropped, since the digest alone says which image is meant.</summary>
    public ImageReference Pin(Digest digest) => new(Transport, Path, Name, "", digest);

    /// <summary>The reference as text that <see cref="Parse"/> reads back to the same reference.</summary>
    public override string ToString()
    {
        string tag = Tag.Length == 0 ? "" : ":" + Tag;
        string digest = Digest.IsEmpty ? "" : "@" + Digest;
        return Transport switch
        {
            ImageTransport.DockerDaemon => Name.Length == 0 ? $"docker-daemon:{Digest}" : $"docker-daemon:{Name}{tag}{digest}",
            ImageTransport.Registry => $"docker://{Name}{tag}{digest}",
            ImageTransport.Store => $"store:{Name}{tag}{digest}",
            ImageTransport.Path => Path + digest,
            _ => $"{Prefix(Transport)}{Path}{tag}{digest}",
        };
    }

    private static string Prefix(ImageTransport transport) => transport switch
    {
        ImageTransport.OciLayout => "oci:",
        ImageTransport.OciArchive => "oci-archive:",
        _ => "docker-archive:",
    };

    private static ImageReference OfPath(ImageTransport transport, string path, string tag, Digest digest)
    {
        string? problem = CheckPath(path);
        problem ??= transport is not ImageTransport.Path && path.IndexOf(':', HasDrive(path) ? 2 : 0) >= 0
            ? "a path with ':' cannot be told from its reference name; give the path alone, without a transport" : null;
        problem ??= transport is ImageTransport.Path && !IsPath(path) ? "a path starts with './', a root or a drive letter" : null;
        problem ??= ReferenceNames.CheckLayoutName(tag);
        return problem is null
            ? new ImageReference(transport, path, "", tag, digest)
            : throw new ImageReferenceInvalidException(path, problem);
    }

    private static string? Read(string text, out ImageReference? reference)
    {
        reference = null;
        if (text.Length is 0 or > 8192)
        {
            return text.Length == 0 ? "it is empty" : "it is longer than 8192 characters";
        }

        if (text.Any(char.IsControl))
        {
            return "it has a control character";
        }

        string? problem = TakeDigest(text, out string rest, out Digest digest);
        if (problem is not null)
        {
            return problem;
        }

        if (IsPath(rest))
        {
            problem = CheckPath(rest);
            reference = problem is null ? new ImageReference(ImageTransport.Path, rest, "", "", digest) : null;
            return problem;
        }

        foreach ((string prefix, ImageTransport transport) in Prefixes)
        {
            if (rest.StartsWith(prefix, StringComparison.Ordinal))
            {
                string body = rest[prefix.Length..];
                return transport is ImageTransport.OciLayout or ImageTransport.OciArchive or ImageTransport.DockerArchive
                    ? ReadPath(transport, body, digest, out reference)
                    : ReadName(transport, body, digest, out reference);
            }
        }

        // docker-daemon:sha256:… names an image by its id, skopeo's only form without a name.
        return rest.Length == 0 ? "a digest alone names no place" : ReadName(ImageTransport.DockerDaemon, rest, digest, out reference);
    }

    private static readonly (string Prefix, ImageTransport Transport)[] Prefixes =
    [
        ("oci-archive:", ImageTransport.OciArchive),
        ("docker-archive:", ImageTransport.DockerArchive),
        ("docker-daemon:", ImageTransport.DockerDaemon),
        ("docker://", ImageTransport.Registry),
        ("oci:", ImageTransport.OciLayout),
        ("store:", ImageTransport.Store),
    ];

    private static string? TakeDigest(string text, out string rest, out Digest digest)
    {
        (rest, digest) = (text, default);
        int at = Math.Max(text.LastIndexOf("@sha256:", StringComparison.OrdinalIgnoreCase), text.LastIndexOf("@sha512:", StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            return null;
        }

        if (!Digest.TryParse(text[(at + 1)..], out digest))
        {
            return $"'{text[(at + 1)..]}' is not a digest (sha256: and 64 lower-case hexadecimal digits)";
        }

        rest = text[..at];
        return HasDigest(rest) ? "it has two digests" : null;
    }

    private static string? ReadPath(ImageTransport transport, string body, Digest digest, out ImageReference? reference)
    {
        reference = null;
        int colon = body.IndexOf(':', HasDrive(body) ? 2 : 0);
        (string path, string tag) = colon < 0 ? (body, "") : (body[..colon], body[(colon + 1)..]);
        string? problem = CheckPath(path) ?? (colon >= 0 && tag.Length == 0 ? "the reference name after ':' is empty" : ReferenceNames.CheckLayoutName(tag));
        reference = problem is null ? new ImageReference(transport, path, "", tag, digest) : null;
        return problem;
    }

    private static string? ReadName(ImageTransport transport, string body, Digest digest, out ImageReference? reference)
    {
        reference = null;
        if (transport is ImageTransport.Store or ImageTransport.DockerDaemon && body.Length == 0 && digest.IsEmpty)
        {
            reference = new ImageReference(transport, "", "", "", default);
            return null;
        }

        if (transport is ImageTransport.DockerDaemon && digest.IsEmpty && Digest.TryParse(body, out Digest id))
        {
            reference = new ImageReference(transport, "", "", "", id);
            return null;
        }

        int colon = body.LastIndexOf(':');
        colon = colon > body.LastIndexOf('/') ? colon : -1;
        (string name, string tag) = colon < 0 ? (body, "") : (body[..colon], body[(colon + 1)..]);
        string? problem = ReferenceNames.CheckRepository(name, allowHost: transport is not ImageTransport.Store)
            ?? (colon >= 0 && tag.Length == 0 ? "the tag after ':' is empty" : ReferenceNames.CheckTag(tag));
        reference = problem is null ? new ImageReference(transport, "", name, tag, digest) : null;
        return problem;
    }

    private static string? CheckPath(string path) => path.Length == 0 ? "the path is empty"
        : path.Any(char.IsControl) ? "the path has a control character"
        : HasDigest(path) ? "the path has a digest in its middle"
        : null;

    // Written in capitals it is a mistake and not a name.
    private static bool HasDigest(string text)
        => text.Contains("@sha256:", StringComparison.OrdinalIgnoreCase) || text.Contains("@sha512:", StringComparison.OrdinalIgnoreCase);

    private static bool HasDrive(string text) => text.Length >= 2 && text[1] == ':' && char.IsAsciiLetter(text[0]);
}
