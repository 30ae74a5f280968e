namespace BaseImage.Errors;

/// <summary>A named file or folder does not exist.</summary>
public sealed class PathNotFoundException(string path, string recommendedAction)
    : BaseImageException($"'{path}' does not exist.", path, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "PathNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A JSON document is not strict JSON, or exceeds a limit.</summary>
public sealed class JsonInvalidException(string file, int line, int column, string problem, Exception? inner = null)
    : BaseImageException($"{file}:{line}:{column}: {problem}", file, "Restore the file from where it came from; a file that was edited by hand must be strict JSON (RFC 8259).", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "JsonInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column, from 1.</summary>
    public int Column { get; } = column;
}

/// <summary>A file's name has an ending that says nothing this program reads or writes.</summary>
public sealed class FileKindUnknownException(string path, string recommendedAction)
    : BaseImageException($"'{path}' has an ending that is not known here.", path, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "FileKindUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}
