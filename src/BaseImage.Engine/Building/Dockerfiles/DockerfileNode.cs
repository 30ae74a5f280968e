namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Whole lines of a Dockerfile. A file's nodes one after the other are the file, byte for byte.</summary>
/// <param name="Span">All of it, line endings included.</param>
/// <param name="Line">Its first line, from 1.</param>
internal abstract record DockerfileNode(SourceSpan Span, int Line);

/// <summary>A line that says nothing.</summary>
internal sealed record DockerfileBlank(SourceSpan Span, int Line) : DockerfileNode(Span, Line);

/// <summary>A comment on its own line, outside of an instruction or inside one's continuation.</summary>
/// <param name="Span">Its line.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Text">What stands behind <c>#</c>, trimmed.</param>
internal sealed record DockerfileComment(SourceSpan Span, int Line, string Text) : DockerfileNode(Span, Line);

/// <summary>A parser directive at the top: <c># syntax=</c>, <c># escape=</c> or <c># check=</c>.</summary>
/// <param name="Span">Its line.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Name">Its name in small letters.</param>
/// <param name="Value">Its value.</param>
/// <param name="ValueSpan">Where the value stands.</param>
internal sealed record DockerfileDirective(SourceSpan Span, int Line, string Name, string Value, SourceSpan ValueSpan) : DockerfileNode(Span, Line);

/// <summary>How an instruction's arguments are written.</summary>
internal enum DockerfileForm
{
    /// <summary>Words between white space.</summary>
    Words,

    /// <summary>One text to the end (the shell form of RUN, CMD and ENTRYPOINT).</summary>
    Text,

    /// <summary>A JSON array of strings.</summary>
    Json,

    /// <summary>Names and values.</summary>
    Pairs,
}

/// <summary>A word of an instruction.</summary>
/// <param name="Text">As it is written, without continuations; of a JSON array the string itself.</param>
/// <param name="Span">Where it stands, quotes included.</param>
internal sealed record DockerfileWord(string Text, SourceSpan Span);

/// <summary>A flag of an instruction, for instance <c>--from=build</c>.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Value">Without quotes; null where there is no <c>=</c>.</param>
/// <param name="Span">All of it.</param>
/// <param name="ValueSpan">What stands behind <c>=</c>; empty, at the end, where there is none.</param>
internal sealed record DockerfileFlag(string Name, string? Value, SourceSpan Span, SourceSpan ValueSpan);

/// <summary>A name and its value in ARG, ENV or LABEL.</summary>
/// <param name="Name">The name as it is written.</param>
/// <param name="Value">The value as it is written, quotes included; null where there is none.</param>
/// <param name="NameSpan">Where the name stands.</param>
/// <param name="ValueSpan">Where the value stands.</param>
/// <param name="IsOldForm">True for <c>ENV name value</c>.</param>
internal sealed record DockerfilePair(string Name, string? Value, SourceSpan NameSpan, SourceSpan ValueSpan, bool IsOldForm);

/// <summary>A here-document.</summary>
/// <param name="Name">Its terminator.</param>
/// <param name="FileDescriptor">The number before <c>&lt;&lt;</c>; 0 for none.</param>
/// <param name="Expand">False where its name is quoted: variables in it mean nothing.</param>
/// <param name="Chomp">True for <c>&lt;&lt;-</c>: leading tabs are dropped.</param>
/// <param name="Content">Its lines, as they stand.</param>
/// <param name="ContentSpan">Where its lines stand.</param>
/// <param name="Line">Its first line, from 1.</param>
internal sealed record DockerfileHeredoc(string Name, int FileDescriptor, bool Expand, bool Chomp, string Content, SourceSpan ContentSpan, int Line);
