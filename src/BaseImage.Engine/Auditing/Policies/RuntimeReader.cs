using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Documents;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>Reads the table <c>Runtime</c> of a policy: under what images are run. Its keys are the parameters of Test-BaseImage.</summary>
internal static partial class RuntimeReader
{
    private const string MemoryHint = "Write MemoryLimit = '256 MiB', with kB, MB, GB, KiB, MiB or GiB.";
    private const string RunAsHint = "Write RunAs = '65532:65532', in numbers: names mean something else in every image.";

    /// <summary>The keys that there are.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "MemoryLimit", "ProcessLimit", "ProcessorLimit", "RunAs", "RunSeconds", "TimeoutSeconds", "ReadySeconds", "GraceSeconds",
        "Port", "LoadPath", "LoadRequests", "LoadSeconds", "LeakSeconds",
    ];

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Memory"] = "Write MemoryLimit = '256 MiB'.",
        ["Pids"] = "Write ProcessLimit = 256.",
        ["PidsLimit"] = "Write ProcessLimit = 256.",
        ["Processes"] = "Write ProcessLimit = 256.",
        ["Cpus"] = "Write ProcessorLimit = 0.5.",
        ["CpuLimit"] = "Write ProcessorLimit = 0.5.",
        ["Processors"] = "Write ProcessorLimit = 0.5.",
        ["User"] = "Write RunAs = '65532:65532'.",
        ["Ports"] = "Write Port = 8080, or several of them.",
        ["StopTimeout"] = "Write GraceSeconds = 10.",
        ["IncludeRuntime"] = "Whether images are run is said by Test-BaseImage -IncludeRuntime alone.",
    };

    /// <summary>Reads the table; mistakes go to the reader's problems.</summary>
    public static RuntimeSettings Read(TableReader policy)
    {
        if (policy.Node("Runtime") is not { } node)
        {
            return new RuntimeSettings();
        }

        TableReader table = TableReader.Open(node, "Runtime", Keys, policy.Problems, Elsewhere);
        return new RuntimeSettings
        {
            MemoryLimit = Memory(table),
            ProcessLimit = (int?)table.Integer("ProcessLimit", RuntimeSettings.LeastProcesses, RuntimeSettings.MostProcesses),
            ProcessorLimit = Processors(table),
            RunAs = RunAs(table),
            RunSeconds = Seconds(table, "RunSeconds", 1, RuntimeSettings.MostRunSeconds),
            TimeoutSeconds = Seconds(table, "TimeoutSeconds", RuntimeSettings.LeastTimeoutSeconds, RuntimeSettings.MostSeconds),
            ReadySeconds = Seconds(table, "ReadySeconds", 1, RuntimeSettings.MostSeconds),
            GraceSeconds = Seconds(table, "GraceSeconds", 1, RuntimeSettings.MostSeconds),
            Port = LimitReader.Ports(table, "Port"),
            LoadPath = LoadPath(table),
            LoadRequests = (int?)table.Integer("LoadRequests", 0, RuntimeSettings.MostRequests),
            LoadSeconds = Seconds(table, "LoadSeconds", 1, RuntimeSettings.MostRunSeconds),
            LeakSeconds = Seconds(table, "LeakSeconds", 1, RuntimeSettings.MostSeconds),
        };
    }

    private static int? Seconds(TableReader table, string key, int least, int most) => (int?)table.Integer(key, least, most);

    private static long? Memory(TableReader table)
    {
        long? bytes = LimitReader.Size(table, "MemoryLimit", MemoryHint);
        if (bytes < RuntimeSettings.LeastMemory)
        {
            table.Fail("MemoryLimit", string.Create(CultureInfo.InvariantCulture, $"MemoryLimit is {bytes} bytes, and less than 16 MiB nothing can start in."), MemoryHint);
            return null;
        }

        return bytes;
    }

    private static double? Processors(TableReader table)
    {
        switch (table.Node("ProcessorLimit"))
        {
            case null:
                return null;
            case DataScalar { Value: long or double } scalar when Convert.ToDouble(scalar.Value, CultureInfo.InvariantCulture) is >= RuntimeSettings.LeastProcessors and <= RuntimeSettings.MostProcessors and var processors:
                return processors;
            case { } node:
                table.Fail("ProcessorLimit", $"ProcessorLimit is {TableReader.Kind(node)}, which is no number from 0.1 to 1024.", "Write a number without quotes, for instance 0.5.");
                return null;
        }
    }

    // A user alone may be written as a number.
    private static string? RunAs(TableReader table)
    {
        if (table.Node("RunAs") is not { } node)
        {
            return null;
        }

        string text = node is DataScalar { Value: string or long } scalar ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture)! : "";
        if (User().IsMatch(text) && text.Split(':').All(number => uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id < uint.MaxValue))
        {
            return text;
        }

        table.Fail("RunAs", $"RunAs is {TableReader.Kind(node)}, which is no user and group in numbers.", RunAsHint);
        return null;
    }

    private static string? LoadPath(TableReader table)
    {
        string? path = table.Text("LoadPath");
        if (path is null || PathOfRequest().IsMatch(path))
        {
            return path;
        }

        table.Fail("LoadPath", $"LoadPath is '{SafeText.Of(path)}', which is no path of a request.", "Write it as '/health', without spaces and other than ASCII characters, which stand as %20.");
        return null;
    }

    [GeneratedRegex(RuntimeSettings.RunAsPattern, RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(RuntimeSettings.LoadPathPattern, RegexOptions.CultureInvariant)]
    private static partial Regex PathOfRequest();
}
