using BaseImage.Documents;
using BaseImage.Engine.Definitions;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Definitions;

/// <summary>Reads definitions in JSON; the other notation needs PowerShell's parser and is tested with the cmdlets.</summary>
internal static class DefinitionFixture
{
    /// <summary>A small definition without mistakes.</summary>
    public const string Good = """
        {
          "SchemaVersion": 1,
          "Name": "web",
          "From": { "Distribution": "debian", "Suite": "bookworm" },
          "Platforms": ["linux/amd64", "linux/arm64"],
          "Packages": { "tzdata": "time zones", "libc6": { "Reason": "glibc", "Version": "2.36*" } },
          "Accounts": { "Name": "nonroot", "Uid": 65532 },
          "Config": { "User": "65532:65532", "Env": ["TZ=UTC", "LANG=C.UTF-8"], "Entrypoint": [] }
        }
        """;

    public static IReadDefinition Reader { get; } = new DefinitionReader(new DataFiles(new NoPowerShell()));

    /// <summary>Writes a file of a folder and reads it.</summary>
    public static Task<ImageDefinition> ReadAsync(TempFolder folder, string text, string name = "web.image.json")
        => Reader.ReadAsync(Write(folder, name, text), TestContext.Current.CancellationToken);

    public static string Write(TempFolder folder, string name, string text)
    {
        string path = folder.Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private sealed class NoPowerShell : IReadDataFile
    {
        public DataDocument Read(string path) => throw new NotSupportedException(path);
    }
}
