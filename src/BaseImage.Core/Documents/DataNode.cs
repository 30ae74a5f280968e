namespace BaseImage.Documents;

/// <summary>Where a node stands in its file; line and column count from 1.</summary>
/// <param name="File">The file, as a full path.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column, in UTF-16 units.</param>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary>True in a YAML file.</summary>
    public bool IsYaml => File.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || File.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>True in a JSON file, false in a PowerShell data file or in YAML: hints are worded in the file's own notation.</summary>
    public bool IsJson => File.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>
/// A value read from a data file (PowerShell data file or JSON) without running anything:
/// a scalar, a list or a table, each with its place. Validation works on these alone, so that
/// both notations get the same errors.
/// </summary>
public abstract record DataNode(SourcePosition Position);

/// <summary>
/// A scalar. <see cref="Value"/> is a <see cref="string"/>, a <see cref="long"/>, a <see cref="double"/>,
/// a <see cref="bool"/> or null. <see cref="Text"/> is what the file says, as <c>0644</c> for the number 644.
/// </summary>
public sealed record DataScalar(SourcePosition Position, object? Value, string Text) : DataNode(Position);

/// <summary>An array, in the file's order.</summary>
public sealed record DataList(SourcePosition Position, IReadOnlyList<DataNode> Items) : DataNode(Position);

/// <summary>A table, in the file's order, with no key twice.</summary>
public sealed record DataTable(SourcePosition Position, IReadOnlyList<DataEntry> Entries) : DataNode(Position);

/// <summary>A value that the file's reader refused. Its problem is already told, so validation passes over it.</summary>
public sealed record DataRefused(SourcePosition Position) : DataNode(Position);

/// <summary>One key and its value in a table.</summary>
public sealed record DataEntry(string Key, SourcePosition KeyPosition, DataNode Value);
