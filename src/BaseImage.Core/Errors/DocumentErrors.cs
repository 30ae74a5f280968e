using BaseImage.Documents;

namespace BaseImage.Errors;

/// <summary>
/// A data file (definition, policy, configuration) has mistakes; each is told with file, line, column and a hint. The
/// failures of each kind of file derive from it.
/// </summary>
public abstract class DocumentInvalidException : BaseImageException
{
    private const int MaxLines = 50;

    /// <summary>Makes a failure of at least one mistake.</summary>
    /// <param name="path">The file that was asked for.</param>
    /// <param name="problems">The mistakes.</param>
    protected DocumentInvalidException(string path, IReadOnlyList<DataProblem> problems)
        : base(Lines(problems), path, problems[0].Hint)
        => Problems = problems;

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>Every mistake, in order of place.</summary>
    public IReadOnlyList<DataProblem> Problems { get; }

    private static string Lines(IReadOnlyList<DataProblem> problems)
    {
        string first = problems.Count == 1 ? problems[0].ToString() : $"{problems[0]} ({problems.Count} mistakes in all)";
        return string.Join('\n', [first, .. problems.Skip(1).Take(MaxLines - 1).Select(problem => problem.ToString())]);
    }
}

/// <summary>A definition has mistakes.</summary>
public sealed class DefinitionInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "DefinitionInvalid";
}

/// <summary>A configuration file (<c>baseimage.config.psd1</c>) has mistakes.</summary>
public sealed class ConfigurationInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "ConfigurationInvalid";
}
