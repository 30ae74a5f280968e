using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Building;

/// <summary>
/// Makes a layer of finished fragments: the blob is their compressed bytes one after the other, the diffID is over their
/// raw bytes one after the other. Both are remembered under the fragments' digests.
/// </summary>
internal sealed class LayerAssembler(ContentCache cache, FragmentShelf fragments, BuildCounters counters, Codec codec, int workers)
{
    private const string Kind = "layer";
    private const string Version = "1";

    /// <summary>
    /// Makes the layer. Fragments that are not known are written in the layer's order, so that their bytes are summed as
    /// they are written; compressing one's last blocks goes on beside the next one.
    /// </summary>
    /// <param name="plan">The platform.</param>
    /// <param name="known">Finished fragments by key; those that are made here are added.</param>
    /// <param name="openContent">Opens a packaged content.</param>
    /// <param name="report">Told of every finished fragment.</param>
    /// <param name="cancellationToken">Stops it; nothing goes on behind it.</param>
    public async Task<BuiltLayer> AssembleAsync(
        PlatformPlan plan, Dictionary<string, Fragment> known, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, Action<string> report, CancellationToken cancellationToken)
    {
        IReadOnlyList<FragmentPlan> planned = plan.Fragments;
        Fragment[] parts = new Fragment[planned.Count];
        // Where a fragment has to be made the layer is a new one, and is not looked for.
        bool whole = planned.All(fragment => known.ContainsKey(fragment.Key));
        if (whole)
        {
            Name(planned, known, parts);
        }

        (Digest digest, Digest diffId)? sums = whole ? await TryRememberAsync(Key(parts), cancellationToken).ConfigureAwait(false) : null;
        if (sums is null)
        {
            sums = await MakeAsync(planned, known, openContent, report, cancellationToken).ConfigureAwait(false);
            Name(planned, known, parts);
            await cache.PutAsync(Kind, Key(parts), $"of {string.Join(", ", parts.Select(part => part.Name))}", Encoding.ASCII.GetBytes($"{sums.Value.digest} {sums.Value.diffId}"), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            counters.LayerReused();
        }

        OciDescriptor descriptor = new(MediaTypes.OciLayer + codec.MediaTypeSuffix, sums.Value.digest, parts.Sum(part => part.Size))
        {
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [LayerFragments.Annotation] = LayerFragments.Format(parts.Select(part => new LayerFragment(part.Digest, part.Size, part.RawSize, part.Name))) },
        };
        return new BuiltLayer(descriptor, sums.Value.diffId, token => OpenAsync(parts, token));
    }

    private async Task<(Digest Digest, Digest DiffId)> MakeAsync(
        IReadOnlyList<FragmentPlan> planned, Dictionary<string, Fragment> known, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, Action<string> report, CancellationToken cancellationToken)
    {
        using IncrementalHash tar = IncrementalHash.CreateHash(HashAlgorithmName.SHA256), blob = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Queue<(FragmentPlan Plan, Task<Fragment> Finishing)> begun = new();
        Task summing = Task.CompletedTask;
        try
        {
            foreach (FragmentPlan fragment in planned)
            {
                if (known.TryGetValue(fragment.Key, out Fragment? finished))
                {
                    begun.Enqueue((fragment, Task.FromResult(finished)));
                    await fragments.AppendAsync(finished, tar, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    FragmentDraft draft = await fragments.WriteAsync(fragment, tar, openContent, cancellationToken).ConfigureAwait(false);
                    begun.Enqueue((fragment, Task.Run(() => fragments.FinishAsync(fragment, draft, cancellationToken), CancellationToken.None)));
                }

                if (begun.Count >= workers)
                {
                    await TakeNextAsync().ConfigureAwait(false);
                }
            }

            while (begun.Count > 0)
            {
                await TakeNextAsync().ConfigureAwait(false);
            }

            await summing.ConfigureAwait(false);
        }
        finally
        {
            // Nothing may go on behind a build that has failed.
            await Task.WhenAll(begun.Select(item => (Task)item.Finishing).Append(summing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (Digest.FromSha256(blob.GetHashAndReset()), Digest.FromSha256(tar.GetHashAndReset()));

        async Task TakeNextAsync()
        {
            (FragmentPlan plan, Task<Fragment> finishing) = begun.Dequeue();
            Fragment fragment = await finishing.ConfigureAwait(false);
            if (known.TryAdd(plan.Key, fragment))
            {
                report(plan.Name);
            }

            Task before = summing;
            summing = Task.Run(() => AppendBlobAsync(before, fragment, blob, cancellationToken), CancellationToken.None);
        }
    }

    private async Task AppendBlobAsync(Task before, Fragment part, IncrementalHash sum, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(false);
        Stream stored = await fragments.OpenAsync(part, cancellationToken).ConfigureAwait(false);
        await using (stored.ConfigureAwait(false))
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
            for (int read; (read = stored.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sum.AppendData(buffer, 0, read);
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The same bytes may have another package's name on another platform.
    private static void Name(IReadOnlyList<FragmentPlan> planned, Dictionary<string, Fragment> known, Fragment[] parts)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = known[planned[i].Key] with { Name = planned[i].Name };
        }
    }

    private static string Key(IReadOnlyList<Fragment> parts) => $"{Version} {string.Join(' ', parts.Select(part => part.Digest))}";

    private async ValueTask<Stream> OpenAsync(IReadOnlyList<Fragment> parts, CancellationToken cancellationToken)
    {
        List<Stream> opened = new(parts.Count);
        try
        {
            foreach (Fragment part in parts)
            {
                opened.Add(await fragments.OpenAsync(part, cancellationToken).ConfigureAwait(false));
            }

            return new ConcatenatedStream(opened);
        }
        catch
        {
            opened.ForEach(stream => stream.Dispose());
            throw;
        }
    }

    private async Task<(Digest, Digest)?> TryRememberAsync(string key, CancellationToken cancellationToken)
    {
        string[] known = Encoding.ASCII.GetString(await cache.TryGetAsync(Kind, key, cancellationToken).ConfigureAwait(false) ?? []).Split(' ');
        return known.Length == 2 && Digest.TryParse(known[0], out Digest digest) && Digest.TryParse(known[1], out Digest diffId) ? (digest, diffId) : null;
    }
}
