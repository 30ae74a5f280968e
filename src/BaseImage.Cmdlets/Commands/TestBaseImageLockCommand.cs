using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImageLock: says whether locks still match their definitions, signed indexes and archives.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImageLock")]
[OutputType(typeof(LockResult), typeof(bool))]
public sealed class TestBaseImageLockCommand : ArchiveCmdlet
{
    /// <summary>Writes true or false alone.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachLock(recurse: false, TestAsync);

    private async Task TestAsync(string path, PipelineWork work)
    {
        try
        {
            ImageLock imageLock = await Engine.Locks.ReadAsync(path, work.Stop);
            ImageDefinition definition = await Engine.Definitions.ReadAsync(DefinitionFiles.DefinitionOf(path), work.Stop);

            // Offline and with no mirror at hand there is no archive to ask; the check says Skipped, not Pass.
            ArchiveAccess? access = Offline && Mirror.Length == 0 ? null : Access();
            LockResult result = await Engine.LockTester.TestAsync(imageLock, definition, access, work, work.Stop);
            await work.WriteAsync(Quiet ? result.IsValid : result);
        }
        catch (Errors.BaseImageException exception) when (Quiet)
        {
            // A lock that cannot be read does not hold; the question has an answer, and the reason is kept.
            await work.WriteErrorAsync(exception, path);
            await work.WriteAsync(false);
        }
    }
}
