using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Registry;

/// <summary>A manifest or index as a registry gave it.</summary>
/// <param name="Descriptor">What leads to it.</param>
/// <param name="Bytes">Its bytes, which have the descriptor's digest.</param>
internal sealed record RegistryDocument(OciDescriptor Descriptor, byte[] Bytes);

/// <summary>One repository of a registry. Source: OCI Distribution Specification 1.1, "Pull", "Push", "Content Discovery".</summary>
/// <param name="connection">The registry; whoever made it disposes of it.</param>
/// <param name="name">The repository.</param>
internal sealed class RegistryClient(RegistryConnection connection, RegistryName name)
{
    private static readonly string[] ManifestTypes = [MediaTypes.OciIndex, MediaTypes.DockerIndex, MediaTypes.OciManifest, MediaTypes.DockerManifest];

    // What was written to it needs the right to write, though it is only read.
    private volatile bool _writes;

    /// <summary>The registry.</summary>
    internal RegistryConnection Connection => connection;

    /// <summary>The repository.</summary>
    internal RegistryName Name => name;

    private string Root => $"/v2/{name.Repository}";

    private string[] Scopes => [$"repository:{name.Repository}:{(_writes ? "pull,push" : "pull")}"];

    /// <summary>Reads a manifest or index; null where there is none.</summary>
    /// <param name="reference">A tag or a digest.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ImageBlobCorruptException">What came is not what was asked for.</exception>
    internal async Task<RegistryDocument?> TryReadManifestAsync(string reference, CancellationToken cancellationToken)
    {
        string document = Describe(reference);
        (HttpResponseMessage head, byte[]? body) = await connection.ReadAsync(Request(HttpMethod.Get, $"manifests/{reference}", $"give {document}") with
        {
            Accept = ManifestTypes,
            Expected = [HttpStatusCode.NotFound],
        }, "a manifest", OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        if (body is null)
        {
            return null;
        }

        Digest asked = Digest.TryParse(reference, out Digest pinned) ? pinned : DigestOf(head);
        Digest actual = asked.Algorithm == "sha512" ? Sha512(body) : Digest.Of(body);
        return asked.IsEmpty || asked == actual ? new RegistryDocument(new OciDescriptor(TypeOf(head, body, document), actual, body.Length), body)
            : throw new ImageBlobCorruptException(document, $"its digest is {actual} where {(pinned.IsEmpty ? "the registry itself says" : "was asked for")} {asked}");
    }

    /// <summary>What a tag or digest leads to, without reading it where the registry says enough; null for nothing.</summary>
    internal async Task<OciDescriptor?> TryFindManifestAsync(string reference, CancellationToken cancellationToken)
    {
        using HttpResponseMessage head = await connection.SendAsync(Request(HttpMethod.Head, $"manifests/{reference}", $"say whether it has {Describe(reference)}") with
        {
            Accept = ManifestTypes,
            Expected = [HttpStatusCode.NotFound],
        }, cancellationToken).ConfigureAwait(false);
        if (!head.IsSuccessStatusCode)
        {
            return null;
        }

        string type = head.Content.Headers.ContentType?.MediaType ?? "";
        return DigestOf(head) is { IsEmpty: false } digest && head.Content.Headers.ContentLength is { } length && ManifestTypes.Contains(type, StringComparer.Ordinal)
            ? new OciDescriptor(type, digest, length)
            : (await TryReadManifestAsync(reference, cancellationToken).ConfigureAwait(false))?.Descriptor;
    }

    /// <summary>Opens a blob from its start; reading to its end checks size and digest. Null where there is none.</summary>
    internal async Task<Stream?> TryOpenBlobAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
        => await TryOpenBlobAsync(descriptor, 0, cancellationToken).ConfigureAwait(false) is { } stream
            ? new VerifiedStream(stream, Describe(descriptor.Digest.ToString()), descriptor.Digest, descriptor.Size) : null;

    /// <summary>Opens the rest of a blob, unchecked; null where there is none.</summary>
    internal async Task<Stream?> TryOpenBlobAsync(OciDescriptor descriptor, long from, CancellationToken cancellationToken)
    {
        RegistryRequest request = Request(HttpMethod.Get, $"blobs/{descriptor.Digest}", $"give {Describe(descriptor.Digest.ToString())}") with { Expected = [HttpStatusCode.NotFound], From = from };
        HttpResponseMessage response = await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            response.Dispose();
            return null;
        }

        long rest = descriptor.Size - from;
        bool isRest = from == 0 || response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange is { Unit: "bytes" } range && range.From == from;
        if (isRest && response.Content.Headers.ContentLength is { } length && length != rest)
        {
            response.Dispose();
            throw new ImageBlobCorruptException(Describe(descriptor.Digest.ToString()), string.Create(CultureInfo.InvariantCulture, $"the registry offers {length} bytes where its descriptor promises {rest}"));
        }

        return new ResumingStream(connection, request with { From = 0, Expected = [] }, isRest ? response : Closed(response), from, descriptor.Size);
    }

    /// <summary>Reads a blob whole, checked; null where there is none.</summary>
    internal async Task<byte[]?> TryReadBlobAsync(OciDescriptor descriptor, string wantedBy, int limit, CancellationToken cancellationToken)
    {
        if (descriptor.Size > limit)
        {
            throw new ImageLimitExceededException(Describe(descriptor.Digest.ToString()), string.Create(CultureInfo.InvariantCulture, $"{wantedBy} gives it {descriptor.Size} bytes; at most {limit} are read"));
        }

        Stream? stream = await TryOpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (stream is null)
        {
            return null;
        }

        await using (stream.ConfigureAwait(false))
        {
            using MemoryStream whole = new((int)descriptor.Size);
            await stream.CopyToAsync(whole, cancellationToken).ConfigureAwait(false);
            return whole.ToArray();
        }
    }

    /// <summary>True where the registry has a blob of this digest and size in this repository.</summary>
    internal async Task<bool> HasBlobAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
    {
        using HttpResponseMessage head = await connection.SendAsync(
            Request(HttpMethod.Head, $"blobs/{descriptor.Digest}", $"say whether it has {Describe(descriptor.Digest.ToString())}") with { Expected = [HttpStatusCode.NotFound] }, cancellationToken).ConfigureAwait(false);
        return head.IsSuccessStatusCode && (head.Content.Headers.ContentLength ?? descriptor.Size) == descriptor.Size;
    }

    /// <summary>Brings a blob there.</summary>
    /// <param name="descriptor">The blob.</param>
    /// <param name="openAsync">Opens it from its start, any number of times; its end is checked.</param>
    /// <param name="from">A repository of the same registry that may have it; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True where bytes were moved, false where the registry took it from the other repository.</returns>
    internal async Task<bool> PushBlobAsync(OciDescriptor descriptor, Func<CancellationToken, ValueTask<Stream>> openAsync, string? from, CancellationToken cancellationToken)
    {
        _writes = true;
        BlobUpload upload = new(this, descriptor, openAsync);
        await using (upload.ConfigureAwait(false))
        {
            return await upload.RunAsync(from, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a manifest or index by digest or under a tag; the blobs that it names have to be there.</summary>
    /// <returns>The subject among whose referrers the registry lists it by itself; empty for none. Source: "Pushing Manifests with Subject".</returns>
    internal async Task<Digest> PushManifestAsync(string reference, string mediaType, byte[] bytes, CancellationToken cancellationToken)
    {
        _writes = true;
        Digest digest = Digest.TryParse(reference, out Digest pinned) ? pinned : Digest.Of(bytes);
        using HttpResponseMessage response = await connection.SendAsync(Request(HttpMethod.Put, $"manifests/{reference}", $"take {Describe(reference)}") with
        {
            // docker-registry reads what it keeps of a blob while another request writes it anew, and some take a moment to
            // know what they have just been sent.
            Passing = ["DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN"],
            Content = _ => new ByteArrayContent(bytes) { Headers = { ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(mediaType) } },
        }, cancellationToken).ConfigureAwait(false);
        return DigestOf(response) is { IsEmpty: false } told && told.Algorithm == digest.Algorithm && told != digest
            ? throw new RegistryAnswerInvalidException(connection.Name, $"it was sent the manifest {digest} and says that it has {told}")
            : response.Headers.TryGetValues("OCI-Subject", out IEnumerable<string>? values) && Digest.TryParse(values.First(), out Digest subject) ? subject : default;
    }

    /// <summary>What refers to a manifest, as the registry lists it, page by page; null where the registry has no such API.</summary>
    /// <remarks>No filter is asked for: each referrer is read anyway, for the registry's word on what it is counts for nothing.</remarks>
    /// <exception cref="RegistryAnswerInvalidException">Its list breaks off, leads back or leads to another host.</exception>
    /// <exception cref="ImageLimitExceededException">It has too many.</exception>
    internal async Task<IReadOnlyList<OciDescriptor>?> TryListReferrersAsync(Digest subject, CancellationToken cancellationToken)
    {
        List<OciDescriptor> found = [];
        string? path = $"{Root}/referrers/{subject}";
        for (HashSet<string> seen = new(StringComparer.Ordinal); path is not null;)
        {
            RequireNew(seen, path);
            RequirePages(seen.Count, found.Count, OciLimits.MaxDescriptors);
            (HttpResponseMessage head, byte[]? body) = await connection.ReadAsync(new RegistryRequest(HttpMethod.Get, path, Scopes, $"list what refers to {Describe(subject.ToString())}")
            {
                Accept = [MediaTypes.OciIndex],
                Expected = [HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotAcceptable],
            }, "a list of referrers", OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false);
            if (body is null || head.Content.Headers.ContentType?.MediaType != MediaTypes.OciIndex)
            {
                // Half a list is no list: what it leaves out may be what somebody relies on.
                return seen.Count == 1 ? null : throw new RegistryAnswerInvalidException(connection.Name, $"its list of what refers to {Describe(subject.ToString())} breaks off");
            }

            found.AddRange(OciReader.Index(body, $"the referrers of {Describe(subject.ToString())}").Manifests);
            path = Next(head);
        }

        return found;
    }

    /// <summary>The repository's tags, as the registry orders them.</summary>
    /// <exception cref="RegistryNotFoundException">There is no such repository.</exception>
    internal IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken)
        => ListAsync($"{Root}/tags/list", "tags", Scopes, $"list the tags of {name}", $"repository {name.Repository}", "Check the spelling; Find-BaseImage lists the repositories of registries that have a catalogue.", cancellationToken);

    /// <summary>The registry's repositories.</summary>
    /// <exception cref="RegistryNotFoundException">The registry has no catalogue.</exception>
    internal static IAsyncEnumerable<string> ListRepositoriesAsync(RegistryConnection connection, CancellationToken cancellationToken)
        => new RegistryClient(connection, new RegistryName(connection.Name, "")).ListAsync("/v2/_catalog", "repositories", ["registry:catalog:*"], "list its repositories", "catalogue of repositories", "Name the repository; large registries list none.", cancellationToken);

    /// <summary>How errors call something of this repository.</summary>
    internal string Describe(string reference) => name.Repository.Length == 0 ? name.Host : $"docker://{name}{(reference.Contains(':', StringComparison.Ordinal) ? "@" : ":")}{reference}";

    /// <summary>A request about this repository.</summary>
    internal RegistryRequest Request(HttpMethod method, string path, string what) => new(method, $"{Root}/{path}", Scopes, what);

    private async IAsyncEnumerable<string> ListAsync(string start, string key, string[] scopes, string what, string missing, string advice, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? path = start;
        int names = 0;
        for (HashSet<string> seen = new(StringComparer.Ordinal); path is not null;)
        {
            RequireNew(seen, path);
            (HttpResponseMessage head, byte[]? body) = await connection.ReadAsync(
                new RegistryRequest(HttpMethod.Get, path, scopes, what) { Expected = [HttpStatusCode.NotFound] }, "a list", connection.Options.MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
            if (body is null)
            {
                throw new RegistryNotFoundException(connection.Name, missing, advice);
            }

            foreach (string item in new JsonFields(StrictJson.ParseObject(body, $"{connection.Name}{start}", new JsonLimits { MaxBytes = connection.Options.MaxAnswerBytes, MaxDepth = 8, MaxValues = 1_000_000 }), $"{connection.Name}{start}").OptionalTexts(key) ?? [])
            {
                RequirePages(seen.Count, ++names, connection.Options.MaxNames);
                yield return item;
            }

            path = Next(head);
        }
    }

    private void RequireNew(HashSet<string> seen, string path)
    {
        if (!seen.Add(path))
        {
            throw new RegistryAnswerInvalidException(connection.Name, "its list leads back to a page that it gave before");
        }
    }

    private void RequirePages(int pages, int entries, int most)
    {
        if (pages > connection.Options.MaxPages || entries > most)
        {
            throw new ImageLimitExceededException(connection.Name, string.Create(CultureInfo.InvariantCulture, $"its list goes on after {pages} pages and {entries} entries"));
        }
    }

    private string? Next(HttpResponseMessage head) => head.Headers.TryGetValues("Link", out IEnumerable<string>? links) && RegistryHeaders.NextLink(links) is { } next
        ? connection.Own(next, head.RequestMessage!.RequestUri!) : null;

    private static HttpResponseMessage? Closed(HttpResponseMessage response)
    {
        response.Dispose();
        return null;
    }

    private static Digest DigestOf(HttpResponseMessage response)
        => response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) && Digest.TryParse(values.First(), out Digest digest) ? digest : default;

    private static Digest Sha512(byte[] bytes) => Digest.Parse("sha512:" + Convert.ToHexString(System.Security.Cryptography.SHA512.HashData(bytes)).ToLowerInvariant());

    // The field and the document say the same, or one of them lies; a document may leave it out.
    private static string TypeOf(HttpResponseMessage head, byte[] body, string document)
    {
        JObject root = StrictJson.ParseObject(body, document, OciLimits.Json);
        string said = head.Content.Headers.ContentType?.MediaType ?? "";
        string type = root["mediaType"] is JValue { Value: string { Length: > 0 } own } ? own
            : MediaTypes.IsIndex(said) || MediaTypes.IsManifest(said) ? said
            : root["manifests"] is not null ? MediaTypes.OciIndex : MediaTypes.OciManifest;
        return root["schemaVersion"] is JValue { Value: 1L } ? throw new ImageDocumentInvalidException(document, "it is a manifest of Docker's schema 1, which is not read; push the image again with a newer client")
            : MediaTypes.IsIndex(type) || MediaTypes.IsManifest(type) ? type
            : throw new ImageDocumentInvalidException(document, $"its media type '{Engines.EngineText.Safe(type)}' is neither a manifest's nor an index's");
    }
}
