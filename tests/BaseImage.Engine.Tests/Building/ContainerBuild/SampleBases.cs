using System.Collections.Concurrent;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Engine.Tests.Templates;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>
/// The images that the samples stand on, all built natively by the module: its templates, and one with a compiler, apt and the
/// tools that Dockerfiles use. Each is loaded into an engine once, and lies in a layout for its blobs.
/// </summary>
internal static class SampleBases
{
    private static readonly Lazy<TempFolder> s_folder = new(() => new TempFolder("sample-bases"));
    private static readonly ConcurrentDictionary<(string Engine, string Name), Lazy<Task>> s_loaded = new();
    private static readonly Lazy<Task<(ImageDefinition Definition, ImageLock Lock)>> s_tools = new(LockToolsAsync);

    // One after the other: each reads whole indexes and compresses on every processor.
    private static readonly SemaphoreSlim s_gate = new(1, 1);

    /// <summary>The layout that has them all.</summary>
    public static string Layout => s_folder.Value.Combine("bases");

    /// <summary>Sees to it that an engine has a base as <c>base-NAME:1</c>.</summary>
    public static Task LoadAsync(TestEngine engine, string name)
        => s_loaded.GetOrAdd((engine.Host, name), key => new Lazy<Task>(() => BuildAsync(engine, name))).Value;

    public static void Dispose()
    {
        if (s_folder.IsValueCreated)
        {
            s_folder.Value.Dispose();
        }
    }

    private static async Task BuildAsync(TestEngine engine, string name)
    {
        (ImageDefinition definition, ImageLock imageLock) = name == "tools" ? await s_tools.Value : await TemplateAsync(name);
        await s_gate.WaitAsync();
        try
        {
            await TemplateImages.Engine.At(new EngineAddress(engine.Host)).Builder.BuildAsync(new BuildRequest
            {
                Definition = definition,
                Lock = imageLock,
                Access = new ArchiveAccess(),
                Platforms = [TemplateImages.Host],
                Destinations = [$"docker-daemon:base-{name}:1", $"oci:{Layout}:{name}"],
            }, SilentReporter.Instance, CancellationToken.None);
        }
        finally
        {
            s_gate.Release();
        }
    }

    private static async Task<(ImageDefinition, ImageLock)> TemplateAsync(string name)
    {
        TemplateImage made = await TemplateImages.GetAsync(name, "bookworm");
        return (made.Definition, made.Lock);
    }

    private static async Task<(ImageDefinition, ImageLock)> LockToolsAsync()
    {
        RealArchive.Require();
        string path = s_folder.Value.Combine("tools.image.psd1");
        await File.WriteAllTextAsync(path, """
            @{
                SchemaVersion = 1
                Name          = 'base-tools'
                Description   = 'what Dockerfiles use: a shell, apt, a compiler'
                From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = $true; Security = $true }
                Platforms     = 'linux/amd64', 'linux/arm64'
                Packages      = @{
                    'apt' = 'packages'; 'dpkg' = 'packages'; 'dash' = 'sh'; 'coreutils' = 'tools'; 'sed' = 'tools'; 'grep' = 'tools'; 'findutils' = 'tools'
                    'tar' = 'dpkg'; 'gzip' = 'dpkg'; 'diffutils' = 'dpkg'; 'perl-base' = 'debconf'; 'debconf' = 'packages'; 'passwd' = 'users'; 'libc-bin' = 'ldconfig'
                    'base-files' = 'directories'; 'base-passwd' = 'accounts'; 'gcc' = 'compiler'; 'libc6-dev' = 'compiler'; 'make' = 'compiler'
                }
                Without       = @{ 'adduser' = 'no script runs'; 'debian-archive-keyring' = 'the repository is local' }
                Config        = @{ Env = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'; Cmd = '/bin/sh' }
                Files         = @(@{ Path = '/var/lib/dpkg/status'; Source = 'empty' })
            }
            """);
        await File.WriteAllTextAsync(s_folder.Value.Combine("empty"), "");
        ImageDefinition definition = await TemplateImages.Engine.Definitions.ReadAsync(path, CancellationToken.None);
        LockPlan plan = await TemplateImages.Engine.Resolver.ResolveAsync(definition, new ArchiveAccess(), null, SilentReporter.Instance, CancellationToken.None);
        return (definition, await TemplateImages.Engine.LockWriter.WriteAsync(plan, definition.LockPath, CancellationToken.None));
    }
}
