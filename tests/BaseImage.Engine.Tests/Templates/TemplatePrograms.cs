using System.Text.Json;

namespace BaseImage.Engine.Tests.Templates;

/// <summary>A program for a template's image: a definition that extends the template's, and what the program prints.</summary>
/// <param name="Definition">The definition's path.</param>
/// <param name="Arguments">The container's command; empty for the image's own.</param>
/// <param name="Prints">Lines that it prints.</param>
internal sealed record TemplateProgram(string Definition, IReadOnlyList<string> Arguments, IReadOnlyList<string> Prints);

/// <summary>Makes real programs for the templates: compiled or published on this machine, or read by the image's interpreter.</summary>
internal static class TemplatePrograms
{
    private static readonly Lazy<Task<(TempFolder Folder, string Path)>> Published = new(PublishAsync);

    private static string Sources => Path.Combine(AppContext.BaseDirectory, "Templates", "Programs");

    /// <summary>The program of a template.</summary>
    public static async Task<TemplateProgram> ForAsync(TemplateImage made)
    {
        const string User = "user 65532:65532", ReadOnly = "root read-only";
        switch (made.Template)
        {
            case "static":
                return Extend(made, await CompileAsync(made, "gcc", "native.c", "-static", "-DSTATIC"), [User, ReadOnly, "roots many", "zone Wed Nov 15 01:13:20 2023"]);
            case "base":
                return Extend(made, await CompileAsync(made, "gcc", "native.c"), [User, ReadOnly, "roots many", "zone Wed Nov 15 01:13:20 2023", "openssl OpenSSL 3"]);
            case "cc":
                return Extend(made, await CompileAsync(made, "g++", "native.cpp"), [User, ReadOnly, "caught in another thread", "a+b+c"]);
            case "dotnet":
                return Extend(made, (await Published.Value).Path, ["user 65532", "casing İSTANBUL ısparta", "order ol oz öl", "money 1.234,50 €", "zone 08:00 -04:00 True", "hash ba7816bf8f01cfea", "roots many", "tls Tls13 hello", ReadOnly]);
            case "python":
                return Extend(made, Path.Combine(Sources, "program.py"), [User, ReadOnly, "sqlite 42", "zone 08:00 -0400", "roots many", "hash ba7816bf8f01cfea", "packed True", "pip none", "compiled []"], "/usr/bin/python3");
            case "node":
                return Extend(made, Path.Combine(Sources, "program.js"), [User, ReadOnly, "casing İSTANBUL", "zone 08:00:00", "hash ba7816bf8f01cfea", "packed 999", "fetch function", "tls true", "npm none"], "/usr/bin/node");
            case "busybox":
                const string Script = "echo user $(id -u):$(id -g); touch /written 2>/dev/null || echo root read-only; echo sum $(printf abc | sha256sum | cut -c1-16); date -d @1700000000; ls -l /usr/bin/vi | sed 's/.*-> /vi is /'; cat /etc/passwd | grep -c nonroot";
                return new TemplateProgram(made.Definition.Path, ["/bin/sh", "-c", Script], [User, ReadOnly, "sum ba7816bf8f01cfea", "Tue Nov 14 22:13:20 UTC 2023", "vi is busybox", "1"]);
            default:
                throw new ArgumentOutOfRangeException(nameof(made), made.Template, "The template has no program.");
        }
    }

    // The program is one of the definition's files, in a definition that extends the template's.
    private static TemplateProgram Extend(TemplateImage made, string program, string[] prints, string? interpreter = null)
    {
        const string Path = "/app/program";
        string path = System.IO.Path.Combine(made.Folder, "app.image.json");
        File.Copy(program, System.IO.Path.Combine(made.Folder, "program"), overwrite: true);
        File.WriteAllText(path, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Extends"] = System.IO.Path.GetFileName(made.Definition.Path),
            ["Name"] = "app-" + made.Template,
            ["Files"] = new[] { new Dictionary<string, string> { [nameof(Path)] = Path, ["Source"] = "program", ["Mode"] = "0755" } },
            ["Config"] = new Dictionary<string, object>
            {
                ["Entrypoint"] = interpreter is null ? new[] { Path } : new[] { interpreter, Path },
                ["Env"] = made.Template is "static" or "base" ? "TZ=Europe/Istanbul" : "TZ=UTC",
            },
        }));
        return new TemplateProgram(path, [], prints);
    }

    private static async Task<string> CompileAsync(TemplateImage made, string compiler, string source, params string[] flags)
    {
        string output = Path.Combine(made.Folder, "compiled");
        await Tools.RunAsync(Tools.Require(compiler), [.. flags, "-O1", "-pthread", "-o", output, Path.Combine(Sources, source)]);
        return output;
    }

    private static async Task<(TempFolder Folder, string Path)> PublishAsync()
    {
        TempFolder folder = new("published");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        File.Copy(Path.Combine(Sources, "Program.cs"), folder.Combine("Program.cs"));
        await File.WriteAllTextAsync(folder.Combine("program.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <SelfContained>true</SelfContained>
                <PublishSingleFile>true</PublishSingleFile>
              </PropertyGroup>
            </Project>
            """);
        string rid = TemplateImages.Host == Platform.LinuxArm64 ? "linux-arm64" : "linux-x64";

        // A program of its own: nothing of this checkout's build or of the test's surroundings is inherited.
        Dictionary<string, string?> clean = new() { ["CI"] = null, ["MSBUILDDISABLENODEREUSE"] = "1" };
        (int code, string output, string error) = await Tools.TryRunAsync(
            Tools.Require("dotnet"), ["publish", folder.Combine("program.csproj"), "-c", "Release", "-r", rid, "-o", folder.Combine("out"), "--nologo", "-v", "q"], environment: clean);
        Assert.True(code == 0, output + error);
        return (folder, folder.Combine("out", "program"));
    }
}
