namespace BaseImage.Cmdlets.Tests;

/// <summary>The engine that was compiled for one build of .NET is taken where it fits, and nowhere else.</summary>
public sealed class TunedEngineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    [Fact]
    public async Task It_is_taken_by_the_runtime_that_it_was_made_for_and_passed_over_once_anything_has_changed()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Repository.Root, "module", "bin", "tuned", "made-of.txt")), "The module was built without compiling ahead of time.");
        Copy();
        Assert.Equal("tuned", await EngineFolderAsync());

        string list = Path.Combine(_folder, "module", "bin", "tuned", "made-of.txt");
        string[] lines = await File.ReadAllLinesAsync(list);
        Assert.Equal(3, lines.Length);
        foreach (string[] changed in new string[][]
        {
            ["1" + lines[0], lines[1], lines[2]],
            [lines[0].Replace("System.Private.CoreLib", "System.Private.OtherLib", StringComparison.Ordinal), lines[1], lines[2]],
            [lines[0], "1" + lines[1], lines[2]],
            [lines[0], lines[1], lines[2] + ".gone"],
            [lines[0]],
            ["", "", ""],
        })
        {
            await File.WriteAllLinesAsync(list, changed);
            Assert.Equal("dependencies", await EngineFolderAsync());
        }

        await File.WriteAllLinesAsync(list, lines);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "module", "bin", "BaseImage.Core.dll"), DateTime.UtcNow.AddHours(-1));
        Assert.Equal("dependencies", await EngineFolderAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> EngineFolderAsync()
    {
        ConsoleRun run = await ConsoleRun.RunAsync(Path.Combine(_folder, "console", "baseimage.dll"), null, _folder, ["-Command", """
            if (@(Get-BaseImageRule).Count -lt 5) { throw 'no rules' }
            $own = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq 'BaseImage'
            $engine = @($own.Assemblies | Where-Object { $_.GetName().Name -eq 'BaseImage.Engine' })
            [System.IO.Path]::GetFileName([System.IO.Path]::GetDirectoryName($engine[0].Location))
            """]);
        Assert.Equal("", run.Errors);
        return run.Output.Trim();
    }

    // A module beside a Console of its own. Times are kept, or the copy would be another module.
    private void Copy()
    {
        CopyFolder(Path.Combine(Repository.Root, "module"), Path.Combine(_folder, "module"));
        CopyFolder(Path.GetDirectoryName(Repository.Console)!, Path.Combine(_folder, "console"));
        File.Copy(Repository.Manifest, Path.Combine(_folder, "BaseImage.psd1"));
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            File.SetLastWriteTimeUtc(target, File.GetLastWriteTimeUtc(file));
        }
    }
}
