using System.Globalization;
using BaseImage.Documents;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Which instruction takes which flags, and what they may say.</summary>
internal static class FlagChecks
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["FROM"] = ["platform"],
        ["ADD"] = ["chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude"],
        ["COPY"] = ["chown", "from", "chmod", "link", "exclude", "parents"],
        ["RUN"] = ["mount", "network", "security", "device"],
        ["HEALTHCHECK"] = ["interval", "timeout", "start-period", "start-interval", "retries"],
    };

    private static readonly HashSet<string> Switches = new(["link", "keep-git-dir", "unpack", "parents"], StringComparer.Ordinal);
    private static readonly HashSet<string> Several = new(["exclude", "mount", "device"], StringComparer.Ordinal);

    // These look at no flags, so that any may stand there.
    private static readonly HashSet<string> Careless = new(["ARG", "STOPSIGNAL"], StringComparer.Ordinal);

    /// <summary>Reports flags that a builder refuses.</summary>
    public static void Check(DockerfileInstruction instruction, Action<int, string, string> problem)
    {
        if (Careless.Contains(instruction.Name) || (instruction.Name == "HEALTHCHECK" && instruction.HealthType?.Text.Equals("NONE", StringComparison.OrdinalIgnoreCase) == true))
        {
            return;
        }

        string[] known = Known.GetValueOrDefault(instruction.Name) ?? [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (DockerfileFlag flag in instruction.Flags)
        {
            string? mistake = !known.Contains(flag.Name, StringComparer.Ordinal) ? $"{instruction.Name} has no flag --{Shorten(flag.Name)}."
                : !seen.Add(flag.Name) && !Several.Contains(flag.Name) ? $"--{flag.Name} is given twice."
                : Switches.Contains(flag.Name) ? (flag.Value is null or "true" or "false" ? null : $"--{flag.Name} is true or false.")
                : flag.Value is null ? $"--{flag.Name} has no value."
                : Value(flag.Name, flag.Value);
            if (mistake is not null)
            {
                string hint = known.Length == 0 ? $"{instruction.Name} takes no flags; put what begins with '--' behind something else."
                    : NearestKey.Find(flag.Name, known) is { } nearest && nearest != flag.Name ? $"Did you mean --{nearest}?"
                    : $"{instruction.Name} knows {string.Join(", ", known.Select(name => "--" + name))}.";
                problem(flag.Span.Start, mistake, hint);
            }
        }
    }

    private static string? Value(string name, string value) => name switch
    {
        "mount" => RunMount.Parse(value).Mistake,
        "network" when value is not ("default" or "none" or "host") => "--network is default, none or host.",
        "security" when value is not ("sandbox" or "insecure") => "--security is sandbox or insecure.",
        "retries" when !(int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int retries) && retries >= 0) && value.Length > 0 => "--retries is a whole number that is not negative.",
        "interval" or "timeout" or "start-period" or "start-interval" when value.Length > 0 && !GoDuration.IsValid(value) => $"--{name} is no duration of at least 1ms, as 30s or 1m30s.",
        _ => null,
    };

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
