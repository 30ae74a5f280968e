namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Variables as they stand before an instruction. A value of null is known to be set and unknown, as of an ARG without a default.</summary>
internal sealed class VariableScope
{
    private readonly Dictionary<string, string?> _arguments;
    private readonly Dictionary<string, string?> _environment;

    /// <summary>An empty scope.</summary>
    public VariableScope() => (_arguments, _environment) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal));

    private VariableScope(VariableScope other)
        => (_arguments, _environment, IsOpen) = (new(other._arguments, StringComparer.Ordinal), new(other._environment, StringComparer.Ordinal), other.IsOpen);

    /// <summary>True where the stage starts from an image, whose own variables are not known here.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The names of build arguments.</summary>
    public IEnumerable<string> Arguments => _arguments.Keys;

    /// <summary>The names of environment variables.</summary>
    public IEnumerable<string> Environment => _environment.Keys;

    /// <summary>A copy: a stage that starts from this one.</summary>
    public VariableScope Fork() => new(this);

    /// <summary>Declares a build argument.</summary>
    public void SetArgument(string name, string? value) => _arguments[name] = value;

    /// <summary>Sets an environment variable.</summary>
    public void SetEnvironment(string name, string? value) => _environment[name] = value;

    /// <summary>Looks a variable up: ENV always beats ARG.</summary>
    /// <returns>False where it is not set.</returns>
    public bool TryGet(string name, out string? value) => _environment.TryGetValue(name, out value) || _arguments.TryGetValue(name, out value);
}
