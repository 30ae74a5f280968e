using System.Globalization;
using System.Runtime.CompilerServices;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing;

/// <summary>A step of an image's history, as far as it says what was done.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Instruction">The Dockerfile's instruction in capitals; empty where none can be told.</param>
/// <param name="Text">What stands behind it.</param>
internal sealed record HistoryStep(int Number, string Instruction, string Text)
{
    private const int MaximumScript = 64 * 1024;

    private IReadOnlyList<ShellCommand>? _commands;

    /// <summary>What tells its findings from others, stable as long as the steps before it do not change.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"history:{Number}");

    /// <summary>The words of the text.</summary>
    public IReadOnlyList<string> Words => Text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The commands of a RUN; none of others.</summary>
    public IReadOnlyList<ShellCommand> Commands => _commands ??= Instruction == "RUN" && Text.Length <= MaximumScript ? ShellParser.Parse(DockerfileSource.Encode(Text), _ => Number).Commands : [];
}

/// <summary>
/// Reads histories as builders write them. Docker's classic builder and Buildah: <c>/bin/sh -c #(nop) ADD …</c> for
/// instructions and <c>/bin/sh -c LINE</c> for RUN, before it <c>|N NAME=value …</c> for build arguments; BuildKit:
/// <c>RUN /bin/sh -c LINE # buildkit</c> and the instructions as they are.
/// </summary>
internal static class HistorySteps
{
    private const string NoOperation = "#(nop)";

    private static readonly HashSet<string> Instructions = new(
        ["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"], StringComparer.Ordinal);

    // Ten rules ask for the same steps.
    private static readonly ConditionalWeakTable<IReadOnlyList<ImageHistory>, IReadOnlyList<HistoryStep>> Read = [];

    /// <summary>The steps of an image, oldest first.</summary>
    public static IReadOnlyList<HistoryStep> Of(ImageFacts facts) => Read.GetValue(facts.History, history => [.. history.Select((step, i) => Parse(i + 1, step.CreatedBy))]);

    /// <summary>Reads one step.</summary>
    public static HistoryStep Parse(int number, string createdBy)
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
            return Instructions.Contains(named) ? new HistoryStep(number, named, space < 0 ? "" : rest[(space + 1)..].TrimStart()) : new HistoryStep(number, "", rest);
        }

        return instruction is "RUN" || (instruction.Length == 0 && script.Length < text.Length) ? new HistoryStep(number, "RUN", script) : new HistoryStep(number, instruction, text);
    }

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

    private static readonly string[] Shells = ["/bin/sh -c", "/bin/bash -o pipefail -c", "/bin/bash -eo pipefail -c", "/bin/bash -euo pipefail -c", "/bin/bash -c", "/bin/ash -eo pipefail -c", "/bin/ash -c", "/usr/bin/env bash -c", "/bin/sh -ec", "/bin/sh -e -c", "sh -c", "bash -c"];
}
