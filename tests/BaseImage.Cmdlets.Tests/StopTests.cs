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

    [Theory]
    [InlineData("Find-BaseImage docker://{0}/team/web")]
    [InlineData("Find-BaseImage docker://{0}/team/* -Latest")]
    [InlineData("Publish-BaseImage oci:{1} docker://{0}/team/web:1")]
    [InlineData("Copy-BaseImage oci:{1} docker://{0}/team/web:1")]
    [InlineData("Copy-BaseImage docker://{0}/team/web:1 oci:{1}-copy")]
    public async Task A_silent_registry_does_not_hold_the_pipeline(string line)
    {
        SmallLayout.Write(Path.Combine(_folder, "image"), "0:0");
        _silent.Start();
        using Shell shell = new();
        using PowerShell pipeline = shell.Create(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, $"127.0.0.1:{((IPEndPoint)_silent.LocalEndpoint).Port}", Path.Combine(_folder, "image")));
        IAsyncResult run = pipeline.BeginInvoke();
        using TcpClient client = await _silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);

        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(run));
        Assert.Equal([Path.Combine(_folder, "image")], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("while ($true) { try { while ($true) { } } catch { 'swallowed' } finally { $null } }")]
    [InlineData("[System.Threading.Thread]::Sleep(1); while ($true) { foreach ($file in $_.Files) { $file.Path } }")]
    public async Task A_rule_of_ones_own_that_does_not_end_is_stopped(string script)
    {
        SmallLayout.Write(Path.Combine(_folder, "image"), "0:0");
        string entered = Path.Combine(_folder, "entered"), journal = Path.Combine(_folder, "journal");
        using Shell shell = new();
        shell.Run($"$rule = New-BaseImageRule SLOW-1 {{ [System.IO.File]::WriteAllText('{entered}', 'x'); {script} }}");
        using PowerShell pipeline = shell.Create($"Test-BaseImage 'oci:{_folder}/image' -Rule BI1001, SLOW-1 -CustomRule $rule -JournalPath '{journal}'");
        using PSDataCollection<PSObject> output = [];
        IAsyncResult run = pipeline.BeginInvoke((PSDataCollection<PSObject>?)null, output);
        while (!File.Exists(entered))
        {
            Assert.False(run.IsCompleted, "it ended before the rule was asked");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);

        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
        Assert.DoesNotContain(output, row => $"{row.Properties["RuleId"]?.Value}" == "SLOW-1");

        // Nothing of it counts as audited, and the next audit has the journal and the thread to itself.
        Assert.Single(await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken));
        Assert.Equal(2, shell.Run($"Test-BaseImage 'oci:{_folder}/image' -Rule BI1001, FAST-1 -CustomRule (New-BaseImageRule FAST-1 {{ 'found' }}) -JournalPath '{journal}'").Count);
    }

    public void Dispose()
    {
        _silent.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
