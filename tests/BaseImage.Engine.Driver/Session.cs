using BaseImage.Documents;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests;

/// <summary>
/// What a user's two lines do, through the engine's own door: locks a definition, writes the lock, reads it back, builds to
/// the store and to a layout. Tests run it as a process of its own, beside others of its kind, and kill it.
/// </summary>
public static class Session
{
    /// <summary>Runs it. Arguments: <c>session</c>, the definition (JSON), the mirror's folder, the layout's folder.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        try
        {
            using IBaseImageEngine engine = BaseImageEngine.Create(new NoPowerShell());
            ArchiveAccess access = new() { Mirrors = [new("", args[2])], Offline = true };
            ImageDefinition definition = await engine.Definitions.ReadAsync(args[1], CancellationToken.None);
            LockPlan plan = await engine.Resolver.ResolveAsync(definition, access, null, SilentReporter.Instance, CancellationToken.None);
            await engine.LockWriter.WriteAsync(plan, definition.LockPath, CancellationToken.None);
            BuildRequest request = new()
            {
                Definition = definition,
                Lock = await engine.Locks.ReadAsync(definition.LockPath, CancellationToken.None),
                Access = access,
                Destinations = ["store:", "oci:" + args[3]],
            };
            ContainerImage image = await engine.Builder.BuildAsync(request, SilentReporter.Instance, CancellationToken.None);
            await Console.Out.WriteAsync($"{image.Digest}\n");
            return 0;
        }
        catch (Errors.BaseImageException failure)
        {
            await Console.Error.WriteAsync($"{failure.ErrorId}: {failure.Message}\n");
            return 1;
        }
    }

    internal sealed class NoPowerShell : IReadDataFile
    {
        public DataDocument Read(string path) => throw new NotSupportedException("this process reads JSON alone");
    }
}
