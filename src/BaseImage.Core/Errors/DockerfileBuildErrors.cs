using BaseImage.Documents;

namespace BaseImage.Errors;

/// <summary>The settings file of a Dockerfile has mistakes.</summary>
public sealed class DockerfileSettingsInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "DockerfileSettingsInvalid";
}

/// <summary>A Dockerfile names something that may be another thing tomorrow.</summary>
public sealed class DockerfileUnpinnedException(string path, int line, string what, string recommendedAction)
    : BaseImageException($"{path}:{line}: {what}", path, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "DockerfileUnpinned";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>What a Dockerfile names is there, and is not what it is pinned to.</summary>
public sealed class DockerfilePinMismatchException(string path, int line, string what, string expected, string actual)
    : BaseImageException($"{path}:{line}: {what} is pinned to {expected}, and what is there is {actual}.", path, "Bring back what is pinned, or resolve it anew with Build-BaseImage -UpdateLock and review what changes.")
{
    /// <inheritdoc/>
    public override string ErrorId => "DockerfilePinMismatch";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>A Dockerfile cannot be built as it is, for a reason that is not a mistake of its syntax.</summary>
public sealed class DockerfileNotBuildableException(string path, int line, string problem, string recommendedAction)
    : BaseImageException($"{path}:{line}: {problem}", path, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "DockerfileNotBuildable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>A build argument of the settings that the Dockerfile does not take, or one that it needs and does not get.</summary>
public sealed class BuildArgumentException(string path, int line, string name, string problem, string recommendedAction)
    : BaseImageException($"{(line > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}:{line}") : path)}: the build argument '{name}' {problem}", path, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "BuildArgumentInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;

    /// <summary>The argument's name.</summary>
    public string Name { get; } = name;
}

/// <summary>A file of the build context, or its ignore file, cannot be sent to an engine.</summary>
public sealed class BuildContextInvalidException(string path, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"The build context cannot be sent: '{path}' {problem}.", path, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "BuildContextInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A step of a build failed.</summary>
public sealed class BuildStepFailedException : BaseImageException
{
    /// <summary>Makes a failure.</summary>
    /// <param name="path">The Dockerfile.</param>
    /// <param name="line">The line of the instruction, from 1; 0 where the engine does not say which failed.</param>
    /// <param name="step">The step as the engine counts it, for instance <c>3/7</c>; empty where it does not say.</param>
    /// <param name="command">The instruction; empty where it is not known.</param>
    /// <param name="exitCode">The exit code of its command, where the engine gives it.</param>
    /// <param name="answer">What the engine says.</param>
    /// <param name="output">The step's last lines.</param>
    public BuildStepFailedException(string path, int line, string step, string command, int? exitCode, string answer, IReadOnlyList<string> output)
        : base(Text(path, line, step, command, exitCode, answer, output), path, "Mend the step; what it printed last is in the message, and all of it with -Verbose. RUN has no network unless -Network says so.")
        => (Line, Step, Command, ExitCode, Output) = (line, step, command, exitCode, TextList.Of<string>(output));

    /// <inheritdoc/>
    public override string ErrorId => "BuildStepFailed";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;

    /// <summary>The line of the instruction in the Dockerfile, from 1; 0 where the engine does not say which failed.</summary>
    public int Line { get; }

    /// <summary>The step as the engine counts it.</summary>
    public string Step { get; }

    /// <summary>The instruction.</summary>
    public string Command { get; }

    /// <summary>The exit code of its command; null where the engine does not give it.</summary>
    public int? ExitCode { get; }

    /// <summary>The last lines that it printed.</summary>
    public IReadOnlyList<string> Output { get; }

    private static string Text(string path, int line, string step, string command, int? exitCode, string answer, IReadOnlyList<string> output)
    {
        string place = line > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}:{line}") : path;
        string what = command.Length > 0 ? $"step {(step.Length > 0 ? step + ", " : "")}{command}" : "the build";
        string how = exitCode is { } code ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"failed with exit code {code}") : $"failed: {answer}";
        return $"{place}: {what} {how}{(output.Count == 0 ? "." : "; its last lines:\n" + string.Join('\n', output.Select(text => "  " + text)))}";
    }
}

/// <summary>What a Dockerfile downloads cannot be had, or is not what it should be.</summary>
public sealed class DownloadFailedException(string url, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"'{url}' cannot be used: {problem}.", url, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "DownloadFailed";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Connection;
}

/// <summary>A file was changed by somebody else between reading and replacing it.</summary>
public sealed class FileChangedException(string path)
    : BaseImageException($"'{path}' was changed while its new content was made; it is left as it is.", path, "Run the command again.")
{
    /// <inheritdoc/>
    public override string ErrorId => "FileChanged";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>A condition was to be varied that means nothing to what is built.</summary>
public sealed class ConditionNotVariedException(string path, BuildCondition condition, IEnumerable<BuildCondition> possible)
    : BaseImageException($"'{path}': {condition} cannot be varied for it.", path, $"Vary some of {string.Join(", ", possible)}.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ConditionNotVaried";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}
