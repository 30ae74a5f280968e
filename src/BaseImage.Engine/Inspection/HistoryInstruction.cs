namespace BaseImage.Engine.Inspection;

/// <summary>
/// What a step of a history was in a Dockerfile, read as builders write it. Docker's classic builder and Buildah:
/// <c>/bin/sh -c #(nop) ADD …</c> for instructions and <c>/bin/sh -c LINE</c> for RUN, before it <c>|N NAME=value …</c> for
/// build arguments; BuildKit: <c>RUN /bin/sh -c LINE # buildkit</c> and the instructions as they are.
/// </summary>
/// <param name="Name">The instruction in capitals; empty where none can be told.</param>
/// <param name="Text">What stands behind it.</param>
internal readonly record struct HistoryInstruction(string Name, string Text)
{
    private const string NoOperation = "#(nop)";

    private static readonly HashSet<string> Instructions = new(
        ["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"], StringComparer.Ordinal);

    private static readonly string[] Shells = ["/bin/sh -c", "/bin/bash -o pipefail -c", "/bin/bash -eo pipefail -c", "/bin/bash -euo pipefail -c", "/bin/bash -c", "/bin/ash -eo pipefail -c", "/bin/ash -c", "/usr/bin/env bash -c", "/bin/sh -ec", "/bin/sh -e -c", "sh -c", "bash -c"];

    /// <summary>Reads one step.</summary>
    /// <param name="createdBy">The property <c>created_by</c>.</param>
    internal static HistoryInstruction Parse(string createdBy)
    {
        string text = createdBy.Trim();
        text = text.EndsWith("# buildkit", StringComparison.Ordinal) ? text[..^"# buildkit".Length].TrimEnd() : text;
        int first = text.IndexOfAny([' ', '\t']);
        string word = first < 0 ? text : text[..first];
        string instruction = Instructions.Contains(word) ? word : "";
        text = instruction.Length > 0 ? text[instruction.Length..].TrimStart() : text;
        text = WithoutArguments(text);
        string script = WithoutShell(text);
        if (script.StartsWith(NoOperation, StringComparison.Ordinal))
        {
            string rest = script[NoOperation.Length..].Trim();
            int space = rest.IndexOf(' ', StringComparison.Ordinal);
            string named = space < 0 ? rest : rest[..space];
            return Instructions.Contains(named) ? new HistoryInstruction(named, space < 0 ? "" : rest[(space + 1)..].TrimStart()) : new HistoryInstruction("", rest);
        }

        return instruction is "RUN" || (instruction.Length == 0 && script.Length < text.Length) ? new HistoryInstruction("RUN", script) : new HistoryInstruction(instruction, text);
    }

    /// <summary>Name and text.</summary>
    public override string ToString() => Name.Length == 0 ? Text : Text.Length == 0 ? Name : $"{Name} {Text}";

    // |2 A=b C=d e /bin/sh -c …: a value may hold spaces, so the shell's name ends them.
    private static string WithoutArguments(string text)
    {
        if (!text.StartsWith('|'))
        {
            return text;
        }

        int shell = Shells.Select(name => text.IndexOf(" " + name, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        return shell < 0 ? text : text[(shell + 1)..];
    }

    private static string WithoutShell(string text)
    {
        string? shell = Shells.FirstOrDefault(name => text.StartsWith(name, StringComparison.Ordinal));
        return shell is null ? text : text[shell.Length..].TrimStart();
    }
}
