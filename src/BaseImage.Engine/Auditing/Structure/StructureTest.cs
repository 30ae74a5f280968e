using BaseImage.Documents;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>One test of a structure-test file.</summary>
internal abstract record StructureTest
{
    /// <summary>Its name, for messages; of metadata and licence tests one that is made up.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required SourcePosition Position { get; init; }
}

/// <summary>What the image's configuration is to say.</summary>
internal sealed record MetadataTest : StructureTest
{
    public IReadOnlyList<NamedValue> Env { get; init; } = [];

    public IReadOnlyList<string> UnboundEnv { get; init; } = [];

    public IReadOnlyList<NamedValue> Labels { get; init; } = [];

    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    public IReadOnlyList<string> UnexposedPorts { get; init; } = [];

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public IReadOnlyList<string> UnmountedVolumes { get; init; } = [];

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public string WorkingDir { get; init; } = "";

    public string User { get; init; } = "";
}

/// <summary>A name and what its value is to be.</summary>
internal sealed record NamedValue(string Key, string Value, GoPattern? Pattern);

/// <summary>Whether a file is there, and how.</summary>
internal sealed record FileExistenceTest : StructureTest
{
    public required string Path { get; init; }

    public bool ShouldExist { get; init; } = true;

    public string Permissions { get; init; } = "";

    public long? Uid { get; init; }

    public long? Gid { get; init; }

    public string ExecutableBy { get; init; } = "";
}

/// <summary>What a file says.</summary>
internal sealed record FileContentTest : StructureTest
{
    public required string Path { get; init; }

    public IReadOnlyList<GoPattern> Expected { get; init; } = [];

    public IReadOnlyList<GoPattern> Excluded { get; init; } = [];
}

/// <summary>What licences files name.</summary>
internal sealed record LicenceTest : StructureTest
{
    public bool IsDebian { get; init; }

    public IReadOnlyList<string> Files { get; init; } = [];
}

/// <summary>What a program in a container of the image comes to.</summary>
internal sealed record CommandTest : StructureTest
{
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<IReadOnlyList<string>> Setup { get; init; } = [];

    public IReadOnlyList<IReadOnlyList<string>> Teardown { get; init; } = [];

    public IReadOnlyList<string> Env { get; init; } = [];

    public long ExitCode { get; init; }

    public IReadOnlyList<GoPattern> ExpectedOutput { get; init; } = [];

    public IReadOnlyList<GoPattern> ExcludedOutput { get; init; } = [];

    public IReadOnlyList<GoPattern> ExpectedError { get; init; } = [];

    public IReadOnlyList<GoPattern> ExcludedError { get; init; } = [];
}

/// <summary>A file of structure tests.</summary>
internal sealed record StructureTestFile
{
    /// <summary>Its full path.</summary>
    public required string Path { get; init; }

    /// <summary>SHA-256 of its bytes.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Variables that every test sees, beside the image's.</summary>
    public IReadOnlyList<NamedValue> GlobalEnv { get; init; } = [];

    /// <summary>The tests, in the file's order by kind.</summary>
    public IReadOnlyList<StructureTest> Tests { get; init; } = [];

    /// <summary>user[:group] of command tests; empty for the image's.</summary>
    public string User { get; init; } = "";

    /// <summary>Capabilities of command tests, without their prefix.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Variables of this machine that command tests see, by name.</summary>
    public IReadOnlyList<DataScalar> HostVariables { get; init; } = [];

    /// <summary>A file of variables that command tests see; null for none.</summary>
    public DataScalar? EnvFile { get; init; }

    /// <summary>What <see cref="HostVariables"/> and <see cref="EnvFile"/> came to.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What this machine lacks of what the file asks for, in words; empty where it lacks nothing.</summary>
    public string Unmet { get; init; } = "";

    /// <summary>What the file asks of the engine that no command test gets, in words; empty where there is nothing of that sort.</summary>
    public string Refused { get; init; } = "";
}
