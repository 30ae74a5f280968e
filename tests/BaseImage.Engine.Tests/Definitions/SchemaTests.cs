using BaseImage.Definitions;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Definitions;

public sealed class SchemaTests
{
    private static readonly JObject Schema = StrictJson.ParseObject(File.ReadAllBytes(Path.Combine(ModuleFolder.Find("schemas"), "image-definition.schema.json")), "schema");

    public static TheoryData<string> Tables => ["", "From", "Package", "Archive", "File", "Account", "Config", "Healthcheck"];

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_schema_and_the_validator_know_the_same_keys(string table)
    {
        IReadOnlyList<string> keys = table switch
        {
            "From" => DefinitionKeys.From,
            "Package" => DefinitionKeys.Package,
            "Archive" => DefinitionKeys.Archive,
            "File" => DefinitionKeys.File,
            "Account" => DefinitionKeys.Account,
            "Config" => DefinitionKeys.Config,
            "Healthcheck" => DefinitionKeys.Healthcheck,
            _ => DefinitionKeys.Root,
        };
        JToken schema = table.Length == 0 ? Schema : Schema["$defs"]![table]!;
        Assert.Equal(keys.Order(StringComparer.Ordinal), ((JObject)schema["properties"]!).Properties().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.False((bool)schema["additionalProperties"]!);
    }

    [Fact]
    public void Every_table_of_the_schema_is_held()
    {
        Assert.Equal(Tables.Select(row => row.Data).Where(name => name.Length > 0).Order(StringComparer.Ordinal), ((JObject)Schema["$defs"]!).Properties().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)Schema["$schema"]);
        Assert.Equal(DistributionArchives.Suites.Keys, Schema["$defs"]!["From"]!["properties"]!["Distribution"]!["enum"]!.Select(name => (string)name!));
        Assert.Equal(DistributionArchives.Suites.Values.SelectMany(suites => suites), Schema["$defs"]!["From"]!["properties"]!["Suite"]!["enum"]!.Select(suite => (string)suite!));
        Assert.Equal(Enum.GetNames<Layering>(), Schema["properties"]!["Layering"]!["enum"]!.Select(value => (string)value!));
    }
}
