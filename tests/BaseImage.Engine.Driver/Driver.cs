using BaseImage.Engine.Building;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Building;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests;

/// <summary>Builds the golden image. Arguments: the cache's folder, the number of workers, a layout's folder to write to. Or a <see cref="Session"/> or a <see cref="Runner"/>.</summary>
public static class Driver
{
    /// <summary>Builds, writes and prints the digest and the diffIDs, one a line.</summary>
    public static async Task<int> Main(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is ["session", ..])
        {
            return await Session.RunAsync(args);
        }

        if (args is ["run", var reference, var host, var seconds])
        {
            return await Runner.RunAsync(reference, host, int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        }

        if (args is ["build", var dockerfile, var engine, var destination])
        {
            return await Runner.BuildAsync(dockerfile, engine, destination);
        }

        TestLocks locks = new();
        BuildRequest request = new()
        {
            Definition = GoldenCase.Definition,
            Lock = GoldenCase.Lock(locks),
            Access = new ArchiveAccess { Offline = true },
            Workers = int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture),
        };
        using ContentCache cache = ContentCache.Open(args[0]);
        using NativeBuild build = new(request, cache, locks, SilentReporter.Instance);
        BuiltImage image = await build.RunAsync(CancellationToken.None);
        await ImageDestinations.Parse("oci:" + args[2]).WriteAsync(image, ["golden"], CancellationToken.None);
        await Console.Out.WriteAsync($"{image.Root.Digest}\n{string.Join('\n', image.Manifests.Select(m => m.Layers[0].DiffId))}\n{Environment.Version}\n");
        return 0;
    }
}
