using System.Management.Automation;
using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Turns failures into error records: id, category, target and what to do.</summary>
internal static class ErrorMap
{
    /// <summary>Makes a record of any exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="target">What the cmdlet was working on; used where the failure names nothing itself.</param>
    internal static ErrorRecord ToRecord(Exception exception, object? target)
    {
        Exception cause = Unwrap(exception);
        return cause switch
        {
            BaseImageException known => Record(known, known.ErrorId, Category(known.Kind), known.Target ?? target, known.Message, known.RecommendedAction),
            IContainsErrorRecord { ErrorRecord: { } inner } => new ErrorRecord(inner, cause),
            UnauthorizedAccessException denied => Record(denied, "AccessDenied", ErrorCategory.PermissionDenied, target, denied.Message,
                "Give the account that runs this the right to the file, or name another place."),
            IOException io => Record(io, "InputOutputFailed", ErrorCategory.ReadError, target, io.Message,
                "See that the disk has space and that no other program holds the file, then try again."),
            _ => Record(cause, "InternalError", ErrorCategory.NotSpecified, target,
                $"Something inside BaseImage failed that should not ({cause.GetType().Name}): {cause.Message}",
                "Please report it with the command and the text of: $Error[0].Exception.ToString()"),
        };
    }

    private static ErrorRecord Record(Exception exception, string id, ErrorCategory category, object? target, string message, string action)
        => new(exception, id, category, target) { ErrorDetails = new ErrorDetails(message) { RecommendedAction = action } };

    private static Exception Unwrap(Exception exception)
    {
        while (exception is AggregateException { InnerExceptions.Count: 1 } or System.Reflection.TargetInvocationException { InnerException: not null })
        {
            exception = exception.InnerException!;
        }

        // Of many failures at once, one that the user can act on says more than the collection does.
        return exception is AggregateException many
            ? many.Flatten().InnerExceptions.FirstOrDefault(inner => inner is BaseImageException) ?? exception
            : exception;
    }

    private static ErrorCategory Category(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidData => ErrorCategory.InvalidData,
        ErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.AlreadyExists => ErrorCategory.ResourceExists,
        ErrorKind.Security => ErrorCategory.SecurityError,
        ErrorKind.Connection => ErrorCategory.ConnectionError,
        ErrorKind.PermissionDenied => ErrorCategory.PermissionDenied,
        ErrorKind.NotSupported => ErrorCategory.NotImplemented,
        ErrorKind.LimitExceeded => ErrorCategory.LimitsExceeded,
        _ => ErrorCategory.InvalidOperation,
    };
}
