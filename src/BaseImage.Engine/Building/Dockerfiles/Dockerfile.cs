namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>A Dockerfile as a tree that loses no byte.</summary>
internal sealed class Dockerfile
{
    /// <summary>The file's bytes.</summary>
    public required DockerfileSource Source { get; init; }

    /// <summary>All lines, in order: one after the other they are the file.</summary>
    public required IReadOnlyList<DockerfileNode> Nodes { get; init; }

    /// <summary>What escapes and continues lines: <c>\</c> or a backtick.</summary>
    public required char Escape { get; init; }

    /// <summary>What a builder would refuse, in order of place.</summary>
    public required IReadOnlyList<DockerfileProblem> Problems { get; init; }

    /// <summary>The instructions, in order.</summary>
    public required IReadOnlyList<DockerfileInstruction> Instructions { get; init; }

    /// <summary>The build stages, in order.</summary>
    public required IReadOnlyList<DockerfileStage> Stages { get; init; }

    /// <summary>The parser directives at the top.</summary>
    public IEnumerable<DockerfileDirective> Directives => Nodes.OfType<DockerfileDirective>();

    /// <summary>ARG instructions before the first FROM.</summary>
    public IEnumerable<DockerfileInstruction> GlobalArguments => Instructions.TakeWhile(instruction => instruction.Name != "FROM").Where(instruction => instruction.Name == "ARG");

    /// <summary>Every comment, also those inside of instructions, in order of place.</summary>
    public IEnumerable<DockerfileComment> Comments
        => Nodes.SelectMany(node => node is DockerfileInstruction instruction ? instruction.InnerComments : node is DockerfileComment comment ? [comment] : Enumerable.Empty<DockerfileComment>());

    /// <summary>The file again; the same bytes.</summary>
    public byte[] Write()
    {
        using MemoryStream written = new(Source.Length);
        foreach (DockerfileNode node in Nodes)
        {
            written.Write(Source.Bytes.Slice(node.Span.Start, node.Span.Length));
        }

        return written.ToArray();
    }

    /// <summary>The file with some stretches replaced and every other byte as it was.</summary>
    /// <param name="edits">Stretches, which do not overlap, and what to write there.</param>
    /// <exception cref="ArgumentException">Two stretches overlap, or one lies outside of the file.</exception>
    public byte[] Write(IEnumerable<(SourceSpan Span, string Text)> edits)
    {
        using MemoryStream written = new(Source.Length);
        int copied = 0;
        foreach ((SourceSpan span, string text) in edits.OrderBy(edit => edit.Span.Start).ThenBy(edit => edit.Span.Length))
        {
            if (span.Start < copied || span.End > Source.Length)
            {
                throw new ArgumentException("Two edits of a Dockerfile overlap, or one lies outside of it.", nameof(edits));
            }

            written.Write(Source.Bytes[copied..span.Start]);
            written.Write(System.Text.Encoding.UTF8.GetBytes(text));
            copied = span.End;
        }

        written.Write(Source.Bytes[copied..]);
        return written.ToArray();
    }
}
