using System.Management.Automation;
using System.Net;
using System.Net.Sockets;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Ctrl+C during real work: a mirror that accepts a connection and never answers.</summary>
[Collection("Probe")]
public sealed class StopTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData("Get-BaseImageUpdate")]
    [InlineData("Update-BaseImageLock")]
    public async Task A_silent_mirror_does_not_hold_the_pipeline(string cmdlet)
    {
        _silent.Start();
        using Shell shell = new();
        shell.Run($"New-BaseImageProject web -Path '{_folder}/web'");
        using PowerShell pipeline = shell.Create($"{cmdlet} '{_folder}/web' -Mirror http://127.0.0.1:{((IPEndPoint)_silent.LocalEndpoint).Port}");
        IAsyncResult run = pipeline.BeginInvoke();
        using TcpClient client = await _silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);

        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(run));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "web"), "*.lock.*"));
    }

    public void Dispose()
    {
        _silent.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
