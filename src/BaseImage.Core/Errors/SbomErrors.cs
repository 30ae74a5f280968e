namespace BaseImage.Errors;

/// <summary>A bill of materials' path has an ending that says no format.</summary>
/// <param name="path">The path.</param>
public sealed class SbomFormatUnknownException(string path)
    : BaseImageException(
        $"'{path}' has an ending that says no format of a bill of materials.",
        path,
        "End the path with .spdx.json or .cdx.json, or name one format with -Format.")
{
    /// <inheritdoc/>
    public override string ErrorId => "SbomFormatUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>Two documents would have to be one file.</summary>
/// <param name="path">The file.</param>
/// <param name="image">The image whose document was not written.</param>
public sealed class SbomPathTakenException(string path, string image)
    : BaseImageException(
        $"'{path}' holds the bill of materials of another image or format already; that of '{image}' was not written.",
        path,
        "Name a folder with a separator at its end, so that each image gets a file of its own name.")
{
    /// <inheritdoc/>
    public override string ErrorId => "SbomPathTaken";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}
