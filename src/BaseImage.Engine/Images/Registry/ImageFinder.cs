using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Registry;

/// <summary>Lists the images of a registry: its repositories by its catalogue, their tags, and the image that each leads to, once.</summary>
/// <param name="registries">The way to registries.</param>
/// <param name="cache">Where layers would be kept.</param>
internal sealed class ImageFinder(RegistryImages registries, Func<ContentCache> cache) : IFindImages
{
    private const string Transport = "docker://";
    private const string Activity = "Asking the registry";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ContainerImage> FindAsync(FindRequest request, Func<string, Exception, Task> failed, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string host, string pattern, IReadOnlyList<string> tags) = Read(request);
        using RegistrySession session = registries.Open();
        foreach (string repository in await RepositoriesAsync(session, host, pattern, cancellationToken).ConfigureAwait(false))
        {
            List<ContainerImage> found = [];
            await foreach (ContainerImage image in ReadAsync(session, new RegistryName(host, repository), tags, failed, reporter, cancellationToken).ConfigureAwait(false))
            {
                if (!request.Latest)
                {
                    yield return image;
                }

                found.Add(image);
            }

            if (request.Latest && found.Count > 0)
            {
                yield return found.MaxBy(image => (image.Created ?? DateTimeOffset.MinValue, image.Tags[^1]))!;
            }
        }

        reporter.Progress(new ProgressUpdate(Activity, "", 0, 0, Completed: true));
    }

    // HOST/NAME[:TAG], with wildcards in NAME and TAG; a host alone, or with a slash behind it, means every repository.
    private static (string Host, string Pattern, IReadOnlyList<string> Tags) Read(FindRequest request)
    {
        string text = request.Pattern.StartsWith(Transport, StringComparison.Ordinal) ? request.Pattern[Transport.Length..] : request.Pattern;
        int slash = text.IndexOf('/', StringComparison.Ordinal), colon = text.LastIndexOf(':');
        bool hostAlone = slash < 0 && (colon >= 0 || text.Contains('.', StringComparison.Ordinal) || text == "localhost") && text.AsSpan().IndexOfAny('*', '?') < 0;
        (string name, string tag) = colon > slash && !hostAlone ? (text[..colon], text[(colon + 1)..]) : (text, "");
        (string host, string pattern) = hostAlone ? (name, "*") : RegistryName.Split(name);
        pattern = pattern.Length == 0 ? "*" : host == RegistryName.DockerHub && !pattern.Contains('/', StringComparison.Ordinal) ? "library/" + pattern : pattern;

        // The wildcards taken out, what is left has to be a name, so that nobody smuggles a path into the registry's API.
        string plain = pattern.Replace("**", "a", StringComparison.Ordinal).Replace('*', 'a').Replace('?', 'a').Replace("//", "/a/", StringComparison.Ordinal);
        return ImageReference.TryParse($"{Transport}{host}/{plain}", out _) ? (host, pattern, tag.Length > 0 ? [.. request.Tags, tag] : request.Tags)
            : throw new ImageReferenceInvalidException(request.Pattern, "it is not docker://HOST/NAME[:TAG], with * and ? for what may vary");
    }

    private static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    private static async Task<List<string>> RepositoriesAsync(RegistrySession session, string host, string pattern, CancellationToken cancellationToken)
    {
        if (!IsPattern(pattern))
        {
            return [pattern];
        }

        List<string> found = [];
        await foreach (string repository in RegistryClient.ListRepositoriesAsync(session.Client(new RegistryName(host, "")).Connection, cancellationToken).ConfigureAwait(false))
        {
            // What a registry lists becomes part of addresses, and of references.
            if (FileSystemName.MatchesSimpleExpression(pattern, repository, ignoreCase: false) && ImageReference.TryParse($"{Transport}{host}/{repository}", out _))
            {
                found.Add(repository);
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private async IAsyncEnumerable<ContainerImage> ReadAsync(RegistrySession session, RegistryName name, IReadOnlyList<string> patterns, Func<string, Exception, Task> failed, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RegistryClient client = session.Client(name);
        List<string> tags = [];
        await foreach (string tag in client.ListTagsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (ImageReference.TryParse($"{Transport}{name}:{tag}", out _) && !ReferrerTags.IsReferrerTag(tag) && (patterns.Count == 0 || patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, tag, ignoreCase: false))))
            {
                tags.Add(tag);
            }
        }

        tags = [.. tags.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal)];
        int done = 0;
        IReadOnlyList<(string Tag, Digest Digest)> heads = await BoundedParallel.SelectAsync(tags, session.Options.Transfers, async (tag, token) =>
        {
            Digest digest = (await client.TryFindManifestAsync(tag, token).ConfigureAwait(false))?.Digest ?? default;
            reporter.Progress(new ProgressUpdate(Activity, name.ToString(), Interlocked.Increment(ref done), tags.Count));
            return (tag, digest);
        }, cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<Digest, string> group in heads.Where(head => !head.Digest.IsEmpty).GroupBy(head => head.Digest, head => head.Tag))
        {
            ImageReference reference = ImageReference.Parse($"{Transport}{name}@{group.Key}");
            ContainerImage? image = null;
            try
            {
                // The session is disposed of by whoever opened it.
                SourceImage found = (await new RegistrySource(session, reference, cache).ReadAsync(cancellationToken).ConfigureAwait(false))[0];
                image = ImageReading.Describe(found with { Tags = [.. group] }, reference.Pin(default));
            }
            catch (ImageIsArtifactException e)
            {
                // Charts, policies and whatever else lies in registries beside images.
                reporter.Verbose($"{string.Join(", ", group)} of {name}: {e.Message}");
            }
            catch (BaseImageException e) when (e is not (RegistryUnauthorizedException or RegistryUnavailableException or RegistryTlsException))
            {
                await failed(reference.ToString(), e).ConfigureAwait(false);
            }

            if (image is not null)
            {
                yield return image;
            }
        }
    }
}
