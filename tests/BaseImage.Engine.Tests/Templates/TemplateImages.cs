using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BaseImage.Cmdlets.Data;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Ports;

[assembly: AssemblyFixture(typeof(BaseImage.Engine.Tests.Templates.TemplateImages))]

namespace BaseImage.Engine.Tests.Templates;

/// <summary>
/// A project of each template and suite, made as New-BaseImageProject makes it, locked against the machine's own archive
/// and built for every platform: once a run, when a test first asks for it.
/// </summary>
public sealed class TemplateImages : IDisposable
{
    private static readonly ConcurrentDictionary<(string Template, string Suite), Lazy<Task<TemplateImage>>> Made = new();
    private static readonly Lazy<TempFolder> Folder = new(() => new TempFolder("templates"));

    // Two at a time: a lock holds a suite's whole index in memory.
    private static readonly SemaphoreSlim Gate = new(2, 2);

    /// <summary>Every template and Debian suite.</summary>
    public static TheoryData<string, string> All
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string suite in new[] { "bookworm", "trixie" })
            {
                foreach (string template in new ProjectScaffolder().Templates.Keys)
                {
                    data.Add(template, suite);
                }
            }

            return data;
        }
    }

    /// <summary>What this machine's programs are built for.</summary>
    internal static Platform Host => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? Platform.LinuxArm64 : Platform.LinuxAmd64;

    /// <summary>The engine as the cmdlets have it.</summary>
    internal static IBaseImageEngine Engine { get; } = BaseImageEngine.Create(new PowerShellDataFile());

    /// <summary>The project and image of a template.</summary>
    internal static Task<TemplateImage> GetAsync(string template, string suite)
    {
        RealArchive.Require();
        return Made.GetOrAdd((template, suite), key => new Lazy<Task<TemplateImage>>(() => MakeAsync(key.Template, key.Suite))).Value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Folder.IsValueCreated)
        {
            Folder.Value.Dispose();
        }
    }

    private static async Task<TemplateImage> MakeAsync(string template, string suite)
    {
        await Gate.WaitAsync();
        try
        {
            // The test that asks first may be stopped; the others still want it.
            CancellationToken stop = CancellationToken.None;
            string folder = Folder.Value.Combine(suite, template);
            IReadOnlyList<string> files = await Engine.Projects.CreateAsync(new ScaffoldRequest(template, "debian-" + template, folder, suite), stop);
            ImageDefinition definition = await Engine.Definitions.ReadAsync(files.Single(file => file.EndsWith(".image.psd1", StringComparison.Ordinal)), stop);
            LockPlan plan = await Engine.Resolver.ResolveAsync(definition, new ArchiveAccess(), null, SilentReporter.Instance, stop);
            ImageLock imageLock = await Engine.LockWriter.WriteAsync(plan, definition.LockPath, stop);
            KeptWarnings warnings = new();
            string layout = Path.Combine(folder, "out");
            ContainerImage image = await Engine.Builder.BuildAsync(new BuildRequest { Definition = definition, Lock = imageLock, Access = new ArchiveAccess(), Destinations = ["oci:" + layout] }, warnings, stop);
            return new TemplateImage(template, suite, folder, definition, imageLock, image, [.. warnings.All.Order(StringComparer.Ordinal)]);
        }
        finally
        {
            Gate.Release();
        }
    }

    private sealed class KeptWarnings : IReporter
    {
        public ConcurrentQueue<string> All { get; } = new();

        public void Verbose(string message)
        {
        }

        public void Warning(string message) => All.Enqueue(message);

        public void Progress(ProgressUpdate update)
        {
        }
    }
}

/// <summary>A template's project, lock and image.</summary>
/// <param name="Template">The template.</param>
/// <param name="Suite">The suite.</param>
/// <param name="Folder">The project's folder.</param>
/// <param name="Definition">The definition.</param>
/// <param name="Lock">The lock.</param>
/// <param name="Image">The image, in an OCI layout.</param>
/// <param name="Warnings">What the build warned of.</param>
internal sealed record TemplateImage(string Template, string Suite, string Folder, ImageDefinition Definition, ImageLock Lock, ContainerImage Image, IReadOnlyList<string> Warnings);
