using BaseImage.Documents;

namespace BaseImage.Errors;

/// <summary>There is no template of that name.</summary>
public sealed class TemplateUnknownException(string template, IEnumerable<string> known)
    : BaseImageException($"There is no template '{TableReader.Shown(template)}'.", template, TableReader.Suggest(template, known, "templates"))
{
    /// <inheritdoc/>
    public override string ErrorId => "TemplateUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A project cannot be made with that name or suite.</summary>
public sealed class ProjectRequestInvalidException(string value, string problem, string recommendedAction)
    : BaseImageException(problem, value, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "ProjectRequestInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}
