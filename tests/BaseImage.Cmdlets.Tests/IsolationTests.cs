using System.Reflection;
using System.Reflection.Emit;

namespace BaseImage.Cmdlets.Tests;

/// <summary>The module's own load context: what else is loaded in the process does not matter, and nothing leaks.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-").FullName;

    [Fact]
    public async Task Other_versions_of_our_packages_loaded_first_never_meet_ours()
    {
        string[] names = ["Docker.DotNet", "YamlDotNet", "SharpCompress", "ZstdSharp", "BouncyCastle.Cryptography", "Newtonsoft.Json", "System.Security.Cryptography.Pkcs"];
        string loads = string.Join("\n", names.Select(name => $"try {{ [void][System.Reflection.Assembly]::LoadFrom('{Emit(name)}') }} catch {{ }}"));
        string script = loads + """

            $count = @(Get-BaseImageRule).Count
            "rules $($count -gt 5)"
            $own = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq 'BaseImage'
            "foreign $(@($own.Assemblies | Where-Object { $_.GetName().Version -eq '0.0.7.0' }).Count)"
            "engine $(@($own.Assemblies | Where-Object { $_.GetName().Name -eq 'BaseImage.Engine' }).Count)"
            $default = [System.Runtime.Loader.AssemblyLoadContext]::Default
            "leaked $(@($default.Assemblies | Where-Object { $_.GetName().Name -eq 'BaseImage.Engine' }).Count)"
            "shared $(@([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'BaseImage.Core' }).Count)"
            """;
        ConsoleRun run = await ConsoleRun.CommandAsync(script);
        Assert.Equal("", run.Errors);
        Assert.Equal("rules True\nforeign 0\nengine 1\nleaked 0\nshared 1\n", run.Output);
    }

    [Fact]
    public async Task The_handler_answers_for_the_engine_alone_and_goes_with_the_module()
    {
        ConsoleRun run = await ConsoleRun.CommandAsync("""
            $field = [System.Runtime.Loader.AssemblyLoadContext].GetField('_resolving', 'Instance,NonPublic')
            function Count { @($field.GetValue([System.Runtime.Loader.AssemblyLoadContext]::Default).GetInvocationList() | Where-Object { $_.Method.Module.Name -eq 'BaseImage.Cmdlets.dll' }).Count }
            Count
            $handler = $field.GetValue([System.Runtime.Loader.AssemblyLoadContext]::Default).GetInvocationList() | Where-Object { $_.Method.Module.Name -eq 'BaseImage.Cmdlets.dll' }
            $null -eq $handler.Invoke([System.Runtime.Loader.AssemblyLoadContext]::Default, [System.Reflection.AssemblyName]::new('Newtonsoft.Json'))
            $path = (Get-Module BaseImage).Path
            Remove-Module BaseImage
            Count
            Import-Module $path
            Count
            @(Get-BaseImageRule).Count -gt 5
            """);
        Assert.Equal("", run.Errors);
        Assert.Equal("1\nTrue\n0\n1\nTrue\n", run.Output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Emit(string name)
    {
        PersistedAssemblyBuilder builder = new(new AssemblyName(name) { Version = new Version(0, 0, 7, 0) }, typeof(object).Assembly);
        builder.DefineDynamicModule(name).DefineType("Empty", TypeAttributes.Public).CreateType();
        string path = Path.Combine(_folder, name + ".dll");
        builder.Save(path);
        return path;
    }
}
