using BaseImage.Documents;

namespace BaseImage.Errors;

/// <summary>A file is no trace of an image's run, or is damaged.</summary>
public sealed class TraceInvalidException(string path, IReadOnlyList<DataProblem> problems)
    : DocumentInvalidException(path, problems)
{
    /// <inheritdoc/>
    public override string ErrorId => "TraceInvalid";
}

/// <summary>A trace was recorded of another image than the one that it is given for.</summary>
public sealed class TraceOfAnotherImageException(string path, string traced, string image, string given)
    : BaseImageException($"'{path}' is a trace of {traced}, and '{image}' is {given}.", path, "Give the trace of this very image, or record one with -RecordTrace into another file; an image that was built again with other content needs a trace of its own.")
{
    /// <inheritdoc/>
    public override string ErrorId => "TraceOfAnotherImage";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A run of an image could not be recorded; nothing was written.</summary>
public sealed class TraceNotRecordedException(string image, string reason)
    : BaseImageException(
        $"What a run of '{image}' touches could not be recorded: {reason}",
        image,
        "Start Docker or Podman, or name one that runs this platform with -DockerHost or -DockerContext; give a program more time with -RunSeconds and -ReadySeconds.")
{
    /// <inheritdoc/>
    public override string ErrorId => "TraceNotRecorded";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}
