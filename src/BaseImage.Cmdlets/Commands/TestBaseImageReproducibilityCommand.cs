using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImageReproducibility: builds under varied conditions, and says whether and why the digests differ.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImageReproducibility", DefaultParameterSetName = DefinitionSet)]
[OutputType(typeof(ReproducibilityResult))]
public sealed class TestBaseImageReproducibilityCommand : ContainerBuildCmdlet
{
    /// <summary>Leaves the image as the builder made it but for its times, so that what normalising would hide is seen.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public SwitchParameter KeepVolatile { get; set; }

    /// <summary>
    /// The conditions to vary, each in a build of its own. Where none is given all are varied at once, and then one at a time
    /// if that gave another digest.
    /// </summary>
    [Parameter]
    public BuildCondition[] Vary { get; set; } = [];

    /// <summary>How many further builds vary nothing.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Repeat { get; set; }

    /// <summary>A folder to keep the builds in, each a layout by its number.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? DestinationPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? folder = null;
        if (DestinationPath is not null && !Try(DestinationPath, () => folder = Paths.Full(DestinationPath)))
        {
            return;
        }

        ReproducibilityRequest request = new() { Vary = Vary, Repeat = Repeat, KeepVolatile = KeepVolatile };
        if (ParameterSetName == DefinitionSet)
        {
            ForEachDefinition(recurse: false, async (path, work) => await TestAsync(request with { Definition = await DefinitionAsync(path, work), DestinationPath = Folder(folder, path) }, work));
            return;
        }

        ForEachDockerfile(build => build, (build, work) => TestAsync(request with { Dockerfile = build, DestinationPath = Folder(folder, build.Path) }, work));
    }

    private async Task TestAsync(ReproducibilityRequest request, PipelineWork work)
        => await work.WriteAsync(await Engine.Reproducibility.TestAsync(request, work, work.Stop));

    private async Task<BuildRequest> DefinitionAsync(string path, PipelineWork work)
    {
        ImageDefinition definition = await Engine.Definitions.ReadAsync(path, work.Stop);
        return new BuildRequest { Definition = definition, Lock = await LockAsync(definition, work), Access = Access() };
    }

    // Several are kept side by side.
    private static string? Folder(string? folder, string path)
        => folder is null ? null : System.IO.Path.Combine(folder, System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path)) is { Length: > 0 } name ? name : "build");
}
