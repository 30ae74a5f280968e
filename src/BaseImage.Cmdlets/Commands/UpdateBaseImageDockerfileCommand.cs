using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Update-BaseImageDockerfile: pins what Dockerfiles take from elsewhere, and brings such pins up to date.</summary>
[Cmdlet(VerbsData.Update, "BaseImageDockerfile", SupportsShouldProcess = true)]
[OutputType(typeof(DockerfileChange))]
public sealed class UpdateBaseImageDockerfileCommand : EngineCmdlet
{
    /// <summary>Dockerfiles, or folders of them; wildcards. The Dockerfile here where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["."];

    /// <summary>Looks in sub-folders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Asks again for what is pinned already, and writes what it means now.</summary>
    [Parameter]
    public SwitchParameter Refresh { get; set; }

    /// <summary>A folder to write to, under the files' own names, instead of in their place.</summary>
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

        foreach (string item in Path)
        {
            IReadOnlyList<string> files = [];
            if (Try(item, () => files = [.. Paths.Existing(item).SelectMany(path => DockerfileFiles.Find(path, Recurse)).Distinct(StringComparer.Ordinal)]))
            {
                foreach (string file in files)
                {
                    bool mayPull = !IsWhatIf;
                    string target = folder is null ? file : Target(file, folder);
                    Run(file, work => UpdateAsync(new DockerfilePinRequest { Path = file, Update = Refresh, MayPull = mayPull }, target, work));
                }
            }
        }
    }

    // Below the current location a file keeps its folders, so that files of one name do not meet.
    private string Target(string file, string folder)
    {
        string name = DockerfileFiles.Name(file, SessionState.Path.CurrentFileSystemLocation.ProviderPath);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, System.IO.Path.IsPathRooted(name) ? System.IO.Path.GetFileName(file) : name));
    }

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private async Task UpdateAsync(DockerfilePinRequest request, string target, PipelineWork work)
    {
        PinnedDockerfile pinned = await Engine.DockerfilePinner.PinAsync(request, work, work.Stop);
        int count = pinned.Changes.Count(change => change.Kind != DockerfileChangeKind.Skipped);
        bool written = (count > 0 || target != request.Path)
            && await work.ShouldProcessAsync(target, count == 1 ? "Write the Dockerfile with 1 name pinned" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Write the Dockerfile with {count} names pinned"));
        if (written)
        {
            await Engine.DockerfileWriter.WriteAsync(pinned, target, work.Stop);
        }

        foreach (DockerfileChange change in pinned.Changes)
        {
            await work.WriteAsync(change with { Destination = target, Applied = written && change.Kind != DockerfileChangeKind.Skipped });
        }

        if (pinned.Changes.Count == 0)
        {
            work.Verbose($"{request.Path}: everything in it is pinned, or comes from nowhere else.");
        }
    }
}
