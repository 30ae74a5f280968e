namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>The commands of a script, in order, those inside of others (subshells, substitutions, <c>sh -c</c>, sudo) among them.</summary>
/// <param name="Commands">The commands.</param>
/// <param name="Text">The script.</param>
/// <param name="HasPipe">True where a pipe joins two commands.</param>
/// <param name="SetsPipefail">True where <c>set -o pipefail</c> stands before the first pipe.</param>
internal sealed record ShellScript(IReadOnlyList<ShellCommand> Commands, string Text, bool HasPipe, bool SetsPipefail)
{
    /// <summary>No commands.</summary>
    public static ShellScript Empty { get; } = new([], "", false, false);

    /// <summary>The commands of a program.</summary>
    public IEnumerable<ShellCommand> Of(params string[] names) => Commands.Where(command => names.Contains(command.Name, StringComparer.Ordinal));
}
