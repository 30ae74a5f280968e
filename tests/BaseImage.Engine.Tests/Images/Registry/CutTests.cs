using System.Collections.Concurrent;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>Connections to a real registry with TLS and a password are cut at random, on the way in and on the way out.</summary>
public sealed class CutTests : IDisposable
{
    private const int Runs = 200;
    private const int Lanes = 6;
    private readonly RegistryRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task ConnectionsThatAreCutAtRandomLoseNothingAndLeaveNoTagOnAHalfPushedImage()
    {
        TestAuthority authority = _room.Authority();
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tls = authority.Tls, Passwords = _room.Passwords("joe", "password-1") });
        ConcurrentBag<CutProxy> proxies = [.. Enumerable.Range(0, Lanes).Select(_ => new CutProxy(registry.Port))];
        _room.Access = new RegistryAccess { Login = new RegistryLogin("joe", "password-1") };
        _room.Trust(registry.Address, authority);
        foreach (CutProxy proxy in proxies)
        {
            _room.Trust(proxy.Address, authority);
        }

        _room.Options = _room.Options with { ChunkBytes = 300_000, LongestBackOff = TimeSpan.FromMilliseconds(5) };
        int pushed = 0, refused = 0, met = 0;

        // Several at once, each through a proxy of its own: what a run meets is decided by its number.
        await Parallel.ForEachAsync(Enumerable.Range(0, Runs), new ParallelOptions { MaxDegreeOfParallelism = Lanes, CancellationToken = TestContext.Current.CancellationToken }, async (run, _) =>
        {
            Random random = new(run);
            object sync = new();
            int most = random.Next(4) == 0 ? 40_000 : 500_000;
            BuiltImage image = TestImage.Of("cut", [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Noise(random))]);
            int life = (int)Math.Min(most, 40_000 + image.Manifests[0].Layers.Sum(layer => layer.Descriptor.Size));
            Assert.True(proxies.TryTake(out CutProxy? proxy));
            int before = proxy.Cuts;
            string cut = $"docker://{proxy.Address}/cut/n{run}:1", whole = $"docker://{registry.Address}/cut/n{run}:1";
            proxy.Life = () =>
            {
                lock (sync)
                {
                    return random.Next(7_000, life);
                }
            };
            bool done = false;
            try
            {
                await _room.PushAsync(cut, image);
                done = true;
                Interlocked.Increment(ref pushed);
            }
            catch (RegistryUnavailableException)
            {
                Interlocked.Increment(ref refused);
            }

            // Whatever happened: a tag leads to a whole image or to none, asked past the proxy and read to the last byte.
            bool there = await IsWholeAsync(whole, image);
            Assert.True(there || !done, $"run {run}: pushed, and not there");
            if (!there)
            {
                await _room.PushAsync(whole, image);
                Assert.True(await IsWholeAsync(whole, image), $"run {run}: pushed again, and not there");
            }

            await PullAsync(cut, image);
            Interlocked.Add(ref met, proxy.Cuts > before ? 1 : 0);
            proxies.Add(proxy);
        });

        int cuts = proxies.Sum(proxy => proxy.Cuts);
        TestContext.Current.SendDiagnosticMessage($"{Runs} runs, {met} of them cut: {pushed} pushed through {cuts} cuts, {refused} given up");
        foreach (CutProxy proxy in proxies)
        {
            await proxy.DisposeAsync();
        }

        Assert.True(cuts > Runs, $"{cuts} cuts");
        Assert.True(met > Runs / 2, $"{met} runs were cut");
        Assert.True(pushed > Runs / 3, $"{pushed} pushed");
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(8) == 0 ? random.Next(1_100_000, 1_300_000) : random.Next(1, 60_000)];
        random.NextBytes(noise);
        return new TestTar().Add("noise", content: noise).ToArray();
    }

    private async Task<bool> IsWholeAsync(string reference, BuiltImage image)
    {
        using RegistrySession session = _room.Registries.Open();
        RegistryClient client = session.Client(RegistryName.Of(ImageReference.Parse(reference)));
        if (await client.TryReadManifestAsync("1", TestContext.Current.CancellationToken) is not { } manifest)
        {
            return false;
        }

        Assert.Equal(image.Root.Bytes, manifest.Bytes);
        foreach (OciDescriptor blob in image.Manifests[0].Layers.Select(l => l.Descriptor).Append(image.Manifests[0].Config.Descriptor))
        {
            await using Stream? stream = await client.TryOpenBlobAsync(blob, TestContext.Current.CancellationToken);
            Assert.NotNull(stream);
            await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        }

        return true;
    }

    // A pull through the cuts gives the image or an error, and never another.
    private async Task PullAsync(string reference, BuiltImage image)
    {
        try
        {
            SourceImage found = await _room.PullAsync(reference);
            Assert.Equal(image.Root.Digest, found.Root.Digest);
        }
        catch (RegistryUnavailableException)
        {
        }
    }
}
