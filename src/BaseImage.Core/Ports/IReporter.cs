namespace BaseImage.Ports;

/// <summary>Where work tells what it is doing. Calls may come from any thread.</summary>
public interface IReporter
{
    /// <summary>A step, for <c>-Verbose</c>.</summary>
    void Verbose(string message);

    /// <summary>Something the user should know though the work goes on.</summary>
    void Warning(string message);

    /// <summary>How far a piece of work has come.</summary>
    void Progress(ProgressUpdate update);
}

/// <summary>How far a piece of work has come.</summary>
/// <param name="Activity">What is being done, for instance <c>Downloading packages</c>. One bar an activity.</param>
/// <param name="Status">The present item.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 when not known.</param>
/// <param name="Completed">True to take the bar away.</param>
public sealed record ProgressUpdate(string Activity, string Status, long Done, long Total, bool Completed = false);

/// <summary>A reporter that drops everything.</summary>
public sealed class SilentReporter : IReporter
{
    /// <summary>The one instance.</summary>
    public static SilentReporter Instance { get; } = new();

    /// <inheritdoc/>
    public void Verbose(string message) { }

    /// <inheritdoc/>
    public void Warning(string message) { }

    /// <inheritdoc/>
    public void Progress(ProgressUpdate update) { }
}
