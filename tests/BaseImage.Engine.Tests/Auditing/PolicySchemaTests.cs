using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Auditing;

public sealed class PolicySchemaTests
{
    private static readonly JObject Schema = StrictJson.ParseObject(File.ReadAllBytes(Path.Combine(ModuleFolder.Find("schemas"), "policy.schema.json")), "schema");

    public static TheoryData<string> Tables => ["", "Limits", "Runtime", "Image", "Suppression"];

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_schema_and_the_reader_know_the_same_keys(string table)
    {
        IReadOnlyList<string> keys = table switch
        {
            "Limits" => LimitReader.Keys,
            "Runtime" => RuntimeReader.Keys,
            "Image" => PolicyTables.ImageKeys,
            "Suppression" => PolicyTables.SuppressionKeys,
            _ => PolicyTables.Keys,
        };
        JToken schema = table.Length == 0 ? Schema : Schema["$defs"]![table]!;
        Assert.Equal(keys.Order(StringComparer.Ordinal), ((JObject)schema["properties"]!).Properties().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.False((bool)schema["additionalProperties"]!);
    }

    [Fact]
    public async Task What_the_reader_takes_is_valid_by_the_schema()
    {
        string python = Tools.Require("python3");
        Tools.Require((await Tools.TryRunAsync(python, ["-c", "import jsonschema"])).Code == 0, "python3-jsonschema is not installed");
        const string Validate = """
            import json, sys, jsonschema
            validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1], encoding='utf-8')))
            for text in sys.argv[2:]:
                print(len(list(validator.iter_errors(json.loads(text)))))
            """;
        string output = await Tools.RunAsync(python,
        [
            "-c", Validate, Path.Combine(ModuleFolder.Find("schemas"), "policy.schema.json"),
            """{ "SchemaVersion": 1, "Extends": "a.json", "Severities": { "BI2001": "High", "BI2002": null }, "Limits": { "Size": "1 MiB", "AllowedPorts": [80, "53/udp"], "Packages": null }, "Images": { "x*": { "Disabled": { "BI2001": "r" } } }, "Final": ["BI2001"] }""",
            """{ "SchemaVersion": 1, "Suppressions": { "Fingerprint": "0123456789abcdef0123456789abcdef", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } }""",
            """{ "SchemaVersion": 1, "Suppressions": [ { "Reason": "r", "Owner": "o", "Until": "2026-12-31" } ] }""",
            """{ "SchemaVersion": 2, "Supressions": [] }""",
            """{ "SchemaVersion": 1, "Runtime": { "MemoryLimit": "256 MiB", "ProcessLimit": 64, "ProcessorLimit": 0.5, "RunAs": 65532, "RunSeconds": 1, "TimeoutSeconds": 5, "ReadySeconds": 30, "GraceSeconds": 5, "Port": [8080, "53/udp"], "LoadPath": "/health", "LoadRequests": 0, "LoadSeconds": null, "LeakSeconds": 60 }, "Images": { "x*": { "Runtime": { "RunAs": "1:2" } } }, "Final": ["Runtime"] }""",
            """{ "SchemaVersion": 1, "Runtime": { "Memory": 1, "ProcessLimit": 7, "RunAs": "root", "LoadPath": "health" } }""",
        ]);
        Assert.Equal(["0", "0", "1", "2", "0", "4"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
