using BaseImage.Engine.Tests.Templates;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>A Dockerfile of the tests, as people write them.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Bases">What it stands on.</param>
/// <param name="NeedsNoChange">True where it is as it would be anywhere; false where building the same twice needed a change.</param>
internal sealed record Sample(string Name, string[] Bases, bool NeedsNoChange = true)
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        new("c-static", ["tools"]),
        new("c-library", ["tools"]),
        new("apt-pins", ["tools"]),
        new("python", ["python"]),
        new("node", ["node"]),
        new("dotnet", ["dotnet"]),
        new("busybox", ["busybox"]),
        new("users", ["tools"]),
        new("onbuild", ["busybox"]),
        new("arguments", ["busybox"]),
        new("ignore", ["busybox"]),
        new("links", ["busybox"]),
        new("many-layers", ["busybox"]),
        new("squash", ["busybox"]),
        new("download", ["busybox"]),
        new("crlf", ["busybox"]),
        new("stamped", ["busybox"], NeedsNoChange: false),
    ];

    /// <summary>Lays the sample's files out in a folder.</summary>
    public static async Task LayAsync(string name, string folder)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Building", "ContainerBuild", "Samples", name);
        foreach (string file in Directory.EnumerateFiles(source, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        switch (name)
        {
            case "apt-pins":
                await LayRepositoryAsync(Path.Combine(folder, "repository"));
                break;
            case "dotnet":
                TemplateProgram program = await TemplatePrograms.ForAsync(await TemplateImages.GetAsync("dotnet", "bookworm"));
                File.Copy(Path.Combine(Path.GetDirectoryName(program.Definition)!, "program"), Path.Combine(folder, "program"), overwrite: true);
                Modes.Set(Path.Combine(folder, "program"), (UnixFileMode)0x1ED);
                break;
            case "users":
                Modes.Set(Path.Combine(folder, "config", "helper"), (UnixFileMode)0x1ED);
                break;
            case "crlf":
                ToCrlf(Path.Combine(folder, "Dockerfile"), mark: false);
                break;
            case "ignore":
                ToCrlf(Path.Combine(folder, ".dockerignore"), mark: true);
                break;
            case "links":
                File.CreateSymbolicLink(Path.Combine(folder, "tree", "sibling"), "data/one");
                File.CreateSymbolicLink(Path.Combine(folder, "tree", "absolute"), "/etc/passwd");
                File.CreateSymbolicLink(Path.Combine(folder, "tree", "dangling"), "nowhere at all");
                break;
            default:
                break;
        }
    }

    // Packages with scripts, a dependency and two versions, as apt wants them.
    private static async Task LayRepositoryAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        using TempFolder work = new("packages");
        foreach ((string name, string version, string depends, string content) in new[]
        {
            ("web-tool", "1.2-3", "web-data (>= 2:0.9)", "echo \"web-tool 1.2 with data $(cat /usr/share/web-data/version)\""),
            ("web-tool", "1.3-1", "web-data", "echo too new"),
            ("web-data", "2:0.9-1", "", ""),
        })
        {
            string root = work.Combine(name + version.Replace(':', '_'));
            Directory.CreateDirectory(Path.Combine(root, "DEBIAN"));
            await File.WriteAllTextAsync(Path.Combine(root, "DEBIAN", "control"), $"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Tests <tests@example.org>\n{(depends.Length > 0 ? $"Depends: {depends}\n" : "")}Description: a package of the tests\n");
            await WriteProgramAsync(Path.Combine(root, "DEBIAN", "postinst"), $"#!/bin/sh\nset -e\nmkdir -p /var/lib/{name}\necho configured > /var/lib/{name}/state\necho \"$(date) configured $1\" >> /var/log/{name}.log\n");
            string file = Path.Combine(root, "usr", name == "web-data" ? "share/web-data/version" : "bin/web-tool");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await WriteProgramAsync(file, name == "web-data" ? "0.9\n" : $"#!/bin/sh\n{content}\n");
            await Tools.RunAsync("dpkg-deb", ["--build", "--root-owner-group", root, Path.Combine(folder, $"{name}_{version.Replace(':', '_')}_all.deb")], environment: new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = "1700000000" });
        }

        Tools.Require("apt-ftparchive");
        await File.WriteAllTextAsync(Path.Combine(folder, "Packages"), await Tools.RunAsync("apt-ftparchive", ["packages", "."], folder: folder));
    }

    private static async Task WriteProgramAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path, text);
        Modes.Set(path, (UnixFileMode)0x1ED);
    }

    private static void ToCrlf(string path, bool mark) => File.WriteAllText(path, File.ReadAllText(path).ReplaceLineEndings("\r\n"), new System.Text.UTF8Encoding(mark));
}

/// <summary>Modes of files, where the system has them.</summary>
internal static class Modes
{
    public static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
