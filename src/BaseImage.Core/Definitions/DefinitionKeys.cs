namespace BaseImage.Definitions;

/// <summary>
/// Every key that a definition may have, table by table: the closed grammar. The published JSON Schema
/// (module/schemas/image-definition.schema.json) names the same ones.
/// </summary>
public static class DefinitionKeys
{
    /// <summary>The definition itself.</summary>
    public static IReadOnlyList<string> Root { get; } =
    [
        "$schema", "SchemaVersion", "Name", "Description", "Workloads", "Extends", "From", "Platforms", "Packages", "Without", "Prefer",
        "Archives", "Remove", "Files", "Accounts", "Alternatives", "Config", "Layering", "Policy",
    ];

    /// <summary><c>From</c>.</summary>
    public static IReadOnlyList<string> From { get; } = ["Distribution", "Suite", "Updates", "Security", "Image"];

    /// <summary>A package with more than a reason.</summary>
    public static IReadOnlyList<string> Package { get; } = ["Reason", "Version", "Platforms"];

    /// <summary>One of <c>Archives</c>.</summary>
    public static IReadOnlyList<string> Archive { get; } = ["Id", "Suites", "Components", "Keyring", "Trusted"];

    /// <summary>One of <c>Files</c>.</summary>
    public static IReadOnlyList<string> File { get; } = ["Path", "Source", "Content", "Sha256", "Mode", "Uid", "Gid"];

    /// <summary>One of <c>Accounts</c>.</summary>
    public static IReadOnlyList<string> Account { get; } = ["Name", "Uid", "Gid", "Home", "Shell"];

    /// <summary><c>Config</c>.</summary>
    public static IReadOnlyList<string> Config { get; } =
        ["User", "Env", "Entrypoint", "Cmd", "WorkingDir", "Labels", "StopSignal", "ExposedPorts", "Volumes", "Healthcheck"];

    /// <summary><c>Config.Healthcheck</c>.</summary>
    public static IReadOnlyList<string> Healthcheck { get; } = ["Test", "Interval", "Timeout", "StartPeriod", "Retries"];

    /// <summary>Keys looked for at the top, and where they belong.</summary>
    internal static IReadOnlyDictionary<string, string> BelongsElsewhere { get; } = Table(
        [
            .. Config.Select(key => (key, $"It belongs in Config = @{{ {key} = … }}.")),
            .. From.Select(key => (key, $"It belongs in From = @{{ {key} = … }}.")),
            ("Environment", "Environment variables are Config = @{ Env = 'NAME=value' }."),
            ("Mirror", MirrorHint), ("Mirrors", MirrorHint), ("Users", "Accounts are Accounts = @(@{ Name = …; Uid = … })."),
            ("Tag", "Tags are given when building, not in the definition."), ("Tags", "Tags are given when building, not in the definition."),
            ("Architectures", "Write Platforms = 'linux/amd64', 'linux/arm64'."),
        ]);

    /// <summary>Keys looked for in an archive, and where they belong.</summary>
    internal static IReadOnlyDictionary<string, string> ArchiveElsewhere { get; } = Table(
        [("Uri", MirrorHint), ("Url", MirrorHint), ("Mirror", MirrorHint), ("Host", MirrorHint), ("Suite", "Write Suites, also for one."), ("SignedBy", "Write Keyring.")]);

    /// <summary>Keys looked for in a file, and what they are called.</summary>
    internal static IReadOnlyDictionary<string, string> FileElsewhere { get; } = Table(
        [("Owner", "Write Uid and Gid, as numbers."), ("User", "Write Uid, a number."), ("Group", "Write Gid, a number."), ("Checksum", "Write Sha256."), ("Destination", "Write Path."), ("Permissions", "Write Mode, for instance '0644'.")]);

    private const string MirrorHint = "Where an archive is reached is a setting (-Mirror, or baseimage.config.psd1), not part of a definition.";

    private static Dictionary<string, string> Table((string Key, string Hint)[] entries)
        => entries.ToDictionary(entry => entry.Key, entry => entry.Hint, StringComparer.OrdinalIgnoreCase);
}
