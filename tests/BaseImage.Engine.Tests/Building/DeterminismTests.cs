using System.Reflection;
using System.Runtime.InteropServices;

namespace BaseImage.Engine.Tests.Building;

/// <summary>The golden image, built by other processes under other circumstances.</summary>
public sealed class DeterminismTests
{
    private static readonly string Expected = string.Join('\n', GoldenCase.DiffIds.Prepend(GoldenCase.Digest));

    private static string DriverFolder
    {
        get
        {
            DirectoryInfo output = new(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
            return Path.GetFullPath(Path.Combine(output.FullName, "..", "..", "..", "..", "BaseImage.Engine.Driver", "bin", output.Parent!.Name, "net8.0"));
        }
    }

    public static TheoryData<string> Circumstances => ["two processes", "time zone and culture", "hardware intrinsics off", "non-ASCII path", "one worker", "eight workers"];

    [Theory]
    [MemberData(nameof(Circumstances))]
    public async Task Another_process_gives_the_golden_digest(string circumstance)
    {
        using TempFolder folder = new(circumstance == "non-ASCII path" ? "mit Leerzeichen Ğüş ı" : "process");
        Dictionary<string, string?> environment = circumstance switch
        {
            "time zone and culture" => new() { ["TZ"] = "Pacific/Kiritimati", ["LC_ALL"] = "tr_TR.UTF-8", ["LANG"] = "tr_TR.UTF-8" },
            "hardware intrinsics off" => new() { ["DOTNET_EnableHWIntrinsic"] = "0" },
            _ => [],
        };
        string workers = circumstance switch { "one worker" => "1", "eight workers" => "8", _ => "2" };
        string[] arguments = [Path.Combine(DriverFolder, "BaseImage.Engine.Driver.dll"), folder.Combine("cache"), workers, folder.Combine("out")];
        AssertGolden(await Tools.RunAsync(DotNet, arguments, environment: environment));
        if (circumstance == "two processes")
        {
            // The second finds the first's cache full and its image written.
            AssertGolden(await Tools.RunAsync(DotNet, arguments, environment: environment));
        }
    }

    [Fact]
    public async Task A_narrow_umask_gives_the_golden_digest()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "there is no umask on Windows");
        using TempFolder folder = new("umask");
        AssertGolden(await Tools.RunAsync("/bin/sh", ["-c", "umask 077; exec \"$@\"", "sh", DotNet, Path.Combine(DriverFolder, "BaseImage.Engine.Driver.dll"), folder.Combine("cache"), "2", folder.Combine("out")]));
    }

    [Fact]
    public async Task Another_day_gives_the_golden_digest()
    {
        string faketime = Tools.Require("faketime");
        using TempFolder folder = new("faketime");
        AssertGolden(await Tools.RunAsync(faketime, ["-f", "+400d", DotNet, Path.Combine(DriverFolder, "BaseImage.Engine.Driver.dll"), folder.Combine("cache"), "2", folder.Combine("out")]));
    }

    [Fact]
    public async Task The_oldest_runtime_that_is_served_gives_the_golden_digest()
    {
        Tools.Require(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "the self-contained program is for Linux on x64");
        using TempFolder folder = new("net8");
        // A program of its own around the driver, so that nothing of the checkout's build is touched.
        await File.WriteAllTextAsync(folder.Combine("host.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net8.0</TargetFramework>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <SelfContained>true</SelfContained>
                <RuntimeFrameworkVersion>8.0.31</RuntimeFrameworkVersion>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{DriverFolder}/*.dll" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(folder.Combine("Program.cs"), "return await BaseImage.Engine.Tests.Driver.Main(args);\n");
        (int code, string output, string error) = await Tools.TryRunAsync(DotNet, ["build", folder.Combine("host.csproj"), "-o", folder.Combine("bin"), "--nologo", "-v", "q"]);
        Assert.True(code == 0, output + error);
        string printed = await Tools.RunAsync(folder.Combine("bin", "host"), [folder.Combine("cache"), "2", folder.Combine("out")]);
        AssertGolden(printed);
        Assert.StartsWith("8.0.", printed.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    private static string DotNet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : Tools.Require(OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");

    private static void AssertGolden(string printed) => Assert.StartsWith(Expected + "\n", printed, StringComparison.Ordinal);
}
