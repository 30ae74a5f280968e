namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>A word of a command.</summary>
/// <param name="Text">Without quotes and escapes; variables as they are written.</param>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="IsQuoted">True where any of it stood in quotes.</param>
internal sealed record ShellWord(string Text, int Line, bool IsQuoted);

/// <summary>A redirection, as <c>&gt; file</c>.</summary>
/// <param name="Operator">Its operator, without the number before it.</param>
/// <param name="Target">Where to.</param>
internal sealed record ShellRedirection(string Operator, string Target);
