using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Who may know whom: read from the assemblies' references and the sources' namespaces.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] Rooms =
    [
        "Storage", "Definitions", "Layers", "Packages", "Images", "Inspection", "Trust", "Building", "Auditing", "Optimising", "Governance", "Reporting",
    ];

    [Fact]
    public void Core_knows_nobody() => Assert.Empty(Foreign(Repository.Assembly("BaseImage.Core")));

    [Fact]
    public void Engine_knows_no_PowerShell_and_no_cmdlet()
    {
        string[] references = Foreign(Repository.Assembly("BaseImage.Engine"));
        Assert.Contains("BaseImage.Core", references);
        Assert.DoesNotContain(references, name => name.StartsWith("System.Management.Automation", StringComparison.Ordinal) || name is "BaseImage.Cmdlets");
    }

    [Fact]
    public void Cmdlets_know_Core_Engine_and_PowerShell_and_no_package()
        => Assert.Equal(["BaseImage.Core", "BaseImage.Engine", "System.Management.Automation"], Foreign(Repository.Assembly("BaseImage.Cmdlets")));

    [Fact]
    public void Console_and_these_tests_know_none_of_ours()
    {
        Assert.Equal(["System.Management.Automation"], Foreign(Repository.Console));
        Assert.DoesNotContain(Foreign(typeof(ArchitectureTests).Assembly.Location), name => name.StartsWith("BaseImage.", StringComparison.Ordinal));
    }

    [Fact]
    public void No_field_property_or_signature_of_the_cmdlets_names_a_type_of_the_engine_or_a_package()
    {
        using PEReader file = new(File.OpenRead(Repository.Assembly("BaseImage.Cmdlets")));
        MetadataReader reader = file.GetMetadataReader();
        TypeNames names = new();
        List<string> found = [];
        foreach (TypeDefinition type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            foreach (FieldDefinition field in type.GetFields().Select(reader.GetFieldDefinition))
            {
                found.Add(field.DecodeSignature(names, null));
            }

            foreach (MethodDefinition method in type.GetMethods().Select(reader.GetMethodDefinition))
            {
                MethodSignature<string> signature = method.DecodeSignature(names, null);
                found.Add(signature.ReturnType);
                found.AddRange(signature.ParameterTypes);
            }

            foreach (PropertyDefinition property in type.GetProperties().Select(reader.GetPropertyDefinition))
            {
                found.Add(property.DecodeSignature(names, null).ReturnType);
            }
        }

        string[] allowed = ["BaseImage.Core", "System.Management.Automation"];
        Assert.Contains(found, text => text.Contains("[BaseImage.Core]", StringComparison.Ordinal));
        Assert.DoesNotContain(
            found.SelectMany(text => Regex.Matches(text, @"\[([\w.]+)\]").Select(match => match.Groups[1].Value)).Distinct(),
            name => !IsFramework(name) && !allowed.Contains(name));
    }

    [Fact]
    public void Each_room_of_the_engine_uses_only_those_before_it()
    {
        string engine = Path.Combine(Repository.Root, "src", "BaseImage.Engine");
        List<string> wrong = [];
        foreach (string folder in Directory.EnumerateDirectories(engine).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj" or "Properties")))
        {
            string room = Path.GetFileName(folder);
            int place = Array.IndexOf(Rooms, room);
            Assert.True(place >= 0, $"'{room}' is not a room of the engine.");
            foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            {
                string text = File.ReadAllText(file);
                if (!Regex.IsMatch(text, $@"^namespace BaseImage\.Engine\.{room}(\.\w+)*;", RegexOptions.Multiline))
                {
                    wrong.Add($"{file} is not in the namespace of its room");
                }

                wrong.AddRange(Rooms[(place + 1)..]
                    .Where(later => Regex.IsMatch(text, $@"\b(BaseImage\.)?Engine\.{later}\b(?!\.cs)") || Regex.IsMatch(text, $@"^using {later}\b", RegexOptions.Multiline))
                    .Select(later => $"{file} uses {later}, which comes after {room}"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_waits_for_a_task_by_blocking()
    {
        Regex blocking = new(@"\.GetAwaiter\(\)\.GetResult\(\)|\.Result\b(?!s)\s*[;.)]|\.Wait\(\)");
        string[] wrong = [.. from project in new[] { "BaseImage.Core", "BaseImage.Engine", "BaseImage.Cmdlets" }
                             from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories)
                             where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                             from line in File.ReadLines(file)
                             where blocking.IsMatch(line)
                             select $"{file}: {line.Trim()}"];
        Assert.Empty(wrong);
    }

    private static string[] Foreign(string path)
    {
        using PEReader file = new(File.OpenRead(path));
        MetadataReader reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences
            .Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))
            .Where(name => !IsFramework(name))
            .Order(StringComparer.Ordinal)];
    }

    private static bool IsFramework(string name) => name is "netstandard" or "mscorlib" or "System" or "Microsoft.CSharp" or "Microsoft.Win32.Primitives"
        || name.StartsWith("System.", StringComparison.Ordinal) && name is not ("System.Management.Automation" or "System.Security.Cryptography.Pkcs");
}
