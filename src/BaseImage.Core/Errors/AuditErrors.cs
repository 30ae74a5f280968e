using BaseImage.Documents;

namespace BaseImage.Errors;

/// <summary>A rule id or pattern that no rule of the catalogue matches: a typing error would otherwise audit nothing.</summary>
/// <param name="pattern">The id or pattern.</param>
/// <param name="nearest">The id that it may be a mistyping of; null for none.</param>
/// <param name="cmdlet">The cmdlet that has such rules, where this one has not; null where there is none at all.</param>
public sealed class RuleNotFoundException(string pattern, string? nearest, string? cmdlet = null)
    : BaseImageException(
        cmdlet is null ? $"No rule matches '{pattern}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}" : $"No rule that is evaluated here matches '{pattern}'.",
        pattern,
        cmdlet is null ? "List the rules with Get-BaseImageRule." : $"{cmdlet} evaluates such rules.")
{
    /// <inheritdoc/>
    public override string ErrorId => "RuleNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A rule of one's own that cannot be one.</summary>
public sealed class CustomRuleInvalidException(string id, string problem, string recommendedAction)
    : BaseImageException($"The rule '{id}' cannot be used: {problem}", id, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "CustomRuleInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A policy file has mistakes.</summary>
public sealed class PolicyInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "PolicyInvalid";
}

/// <summary>A file of structure tests has mistakes.</summary>
public sealed class StructureTestInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "StructureTestInvalid";
}

/// <summary>A Dockerfile has mistakes that a builder refuses, or is too large to be one.</summary>
public sealed class DockerfileInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "DockerfileInvalid";
}

/// <summary>A suppression that cannot be written.</summary>
public sealed class SuppressionInvalidException(string path, string problem, string recommendedAction)
    : BaseImageException($"No suppression was written into '{path}': {problem}", path, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "SuppressionInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A report's path has an ending that no format is known for.</summary>
public sealed class ReportFormatUnknownException(string path, IReadOnlyList<string> known)
    : BaseImageException(
        $"'{path}' has an ending that no report format has; known endings are {string.Join(", ", known)}.",
        path,
        $"Give the report one of the endings {string.Join(", ", known)}.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ReportFormatUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A file that is to be a journal of audits is something else.</summary>
public sealed class JournalInvalidException(string path)
    : BaseImageException(
        $"'{path}' is not a journal of audits, or is one of another version; it is left as it is.",
        path,
        "Name a file that Test-BaseImage -JournalPath has written, or one that does not exist yet.")
{
    /// <inheritdoc/>
    public override string ErrorId => "JournalInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}
