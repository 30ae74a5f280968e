using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Save-BaseImagePackage: a folder with a lock's packages and signed indexes, to build from offline.</summary>
[Cmdlet(VerbsData.Save, "BaseImagePackage", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveBaseImagePackageCommand : ArchiveCmdlet
{
    /// <summary>The folder to write; made where it is missing.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachLock(recurse: false, async (path, work) =>
    {
        string folder = Paths.Full(DestinationPath);
        ImageLock imageLock = await Engine.Locks.ReadAsync(path, work.Stop);
        if (await work.ShouldProcessAsync(folder, $"Save the packages of {path}"))
        {
            await foreach (string file in Engine.PackageSaver.SaveAsync(imageLock, folder, Access(), work, work.Stop))
            {
                await work.WriteAsync(new FileInfo(file));
            }
        }
    });
}
