using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of every cmdlet of the module: the engine, the session's paths, and errors as records.</summary>
public abstract class BaseImageCmdlet : PSCmdlet
{
    private SessionPaths? _paths;

    /// <summary>The engine's ports.</summary>
    private protected virtual IBaseImageEngine Engine => EngineFactory.Engine;

    /// <summary>Paths as the session sees them.</summary>
    private protected SessionPaths Paths => _paths ??= new SessionPaths(SessionState.Path);

    /// <summary>Reports a failure of one item; the pipeline goes on.</summary>
    private protected void WriteFailure(Exception exception, object? target) => WriteError(ErrorMap.ToRecord(exception, target));

    /// <summary>Does something for one item; a failure is reported and the pipeline goes on.</summary>
    /// <returns>False where it failed.</returns>
    private protected bool Try(object? target, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception exception) when (exception is not PipelineStoppedException and not ActionPreferenceStopException)
        {
            WriteFailure(exception, target);
            return false;
        }
    }
}
