using System.Text.Json.Nodes;
using BaseImage.Benchmarks;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Help);
    return 64;
}

if (arguments.What == "codec")
{
    CodecBenchmark.Run(arguments.Input is null ? CodecBenchmark.DefaultInput() : File.ReadAllBytes(arguments.Input), Console.Out);
    return 0;
}

Directory.CreateDirectory(arguments.Folder);
if (arguments.What == "import")
{
    Console.WriteLine($"import: fresh pwsh processes; load {Machine.Load()} before; medians of {arguments.Runs}");
    await Runner.RunAsync(arguments.Select(ImportBenchmark.Rows(arguments.Folder)), arguments.Runs, Console.Out);
    Console.WriteLine($"load {Machine.Load()} after");
    return 0;
}

using Door door = new(arguments.Folder);
if (arguments.What == "audit")
{
    await using AuditBenchmark audit = new(arguments.Folder, await AuditSet.PrepareAsync(Path.Combine(arguments.Folder, "audit-set")), door);
    return await MeasureAsync("images of this machine's files", await audit.RowsAsync());
}

if (arguments.What == "compare")
{
    AuditSet images = await AuditSet.PrepareAsync(Path.Combine(arguments.Folder, "audit-set"));
    CompareSet pairs = await CompareSet.PrepareAsync(Path.Combine(arguments.Folder, "compare-set"), images);
    return await MeasureAsync("images of 1 GB of this machine's files", new CompareBenchmark(arguments.Folder, pairs, door).Rows());
}

if (arguments.What == "registry")
{
    await using RegistryBenchmark registry = new(arguments.Folder, door);
    return await MeasureAsync("an image of 500 MB in six layers, from a docker-registry on this machine", await registry.RowsAsync());
}

BuildSet set = await BuildSet.PrepareAsync(Path.Combine(arguments.Folder, "set"), arguments.Definition, arguments.Runs + 1, door);
IEnumerable<Row> rows = arguments.What switch
{
    "build" => new BuildBenchmark(arguments.Folder, set, door).Rows(),
    "lock" => await new LockBenchmark(arguments.Folder, set, door).RowsAsync(),
    _ => [],
};
return await MeasureAsync($"{set.Names.Split(',').Length} packages", rows);

async Task<int> MeasureAsync(string what, IEnumerable<Row> chosen)
{
    JsonObject machine = Machine.Describe(arguments.Folder);
    Console.WriteLine($"{arguments.What}: {what}; all on {machine["fileSystem"]}; {machine["processors"]} processors; load {machine["load"]} before; medians of {arguments.Runs}");
    JsonArray measured = await Runner.RunAsync(arguments.Select(chosen), arguments.Runs, Console.Out);
    Console.WriteLine($"load {Machine.Load()} after");
    if (arguments.Json is { } path)
    {
        machine["loadAfter"] = Machine.Load();
        await File.WriteAllTextAsync(path, new JsonObject { ["benchmark"] = arguments.What, ["machine"] = machine, ["rows"] = measured }.ToJsonString(new() { WriteIndented = true }) + "\n");
    }

    return 0;
}
