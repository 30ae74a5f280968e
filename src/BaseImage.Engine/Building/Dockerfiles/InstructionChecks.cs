using BaseImage.Documents;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>What a builder refuses though it can be parsed. Source: Dockerfile reference, and what BuildKit refuses.</summary>
internal static class InstructionChecks
{
    private static readonly string[] Keywords =
        ["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    /// <summary>Reports everything that is wrong.</summary>
    public static void Check(IReadOnlyList<DockerfileInstruction> instructions, IReadOnlyList<DockerfileStage> stages, char escape, Action<int, string, string> problem)
    {
        bool inStage = false;
        foreach (DockerfileInstruction instruction in instructions)
        {
            inStage |= instruction.Name == "FROM";
            Check(instruction, escape, problem);
            if (!inStage && instruction.Name != "ARG" && Keywords.Contains(instruction.Name, StringComparer.Ordinal))
            {
                problem(instruction.KeywordSpan.Start, $"{instruction.Name} stands before the first FROM.", "Begin with FROM; only ARG may stand before it.");
            }
        }

        if (!inStage && instructions.Count > 0 && instructions.All(instruction => instruction.Name == "ARG"))
        {
            problem(instructions[^1].KeywordSpan.Start, "The file has no FROM.", "Add FROM and an image, or FROM scratch.");
        }

        _ = stages;
    }

    private static void Check(DockerfileInstruction instruction, char escape, Action<int, string, string> problem)
    {
        int at = instruction.KeywordSpan.Start;
        if (!Keywords.Contains(instruction.Name, StringComparer.Ordinal))
        {
            string? nearest = NearestKey.Find(instruction.Name, Keywords);
            problem(at, $"'{Shorten(instruction.Keyword)}' is no instruction.", nearest is null ? "Is a continuation missing on the line before it?" : $"Did you mean {nearest}? If not: is a continuation missing on the line before it?");
            return;
        }

        FlagChecks.Check(instruction, problem);
        Arguments(instruction, problem);
        if (instruction.Trigger is { } trigger)
        {
            if (trigger.Name is "ONBUILD" or "FROM" or "MAINTAINER")
            {
                problem(trigger.KeywordSpan.Start, $"ONBUILD cannot keep {trigger.Name}.", "Write another instruction behind ONBUILD.");
            }
            else
            {
                Check(trigger, escape, problem);
            }
        }

        Variables(instruction, escape, problem);
    }

    private static void Arguments(DockerfileInstruction instruction, Action<int, string, string> problem)
    {
        int at = instruction.KeywordSpan.Start, count = instruction.Arguments.Count;
        string name = instruction.Name;
        switch (name)
        {
            case "FROM":
                From(instruction, problem);
                break;
            case "ADD" or "COPY" when count < 2:
                problem(at, $"{name} needs at least one source and a destination.", $"Write {name} source destination.");
                break;
            case "ADD" or "COPY" when instruction.Form == DockerfileForm.Words && HeredocReader.Parse(DockerfileSource.Encode(instruction.Arguments[^1].Text)) is not null:
                problem(instruction.Arguments[^1].Span.Start, "A here-document cannot be a destination.", "Write the destination behind it.");
                break;
            case "EXPOSE" or "VOLUME" when count == 0:
                problem(at, $"{name} needs at least one argument.", name == "EXPOSE" ? "Write EXPOSE port." : "Write VOLUME path.");
                break;
            case "VOLUME" when instruction.Arguments.Any(argument => argument.Text.Trim().Length == 0):
                problem(at, "VOLUME names an empty path.", "Write VOLUME path.");
                break;
            case "ENV" or "LABEL" when instruction.Pairs.Count == 0 && instruction.ArgumentStart >= instruction.ArgumentEnd:
                problem(at, $"{name} needs at least one name and value.", $"Write {name} name=value.");
                break;
            case "ARG" when instruction.Pairs.Count == 0:
                problem(at, "ARG needs a name.", "Write ARG name, or ARG name=default.");
                break;
            case "ARG" or "ENV" or "LABEL" when instruction.Pairs.Any(pair => pair.Name.Length == 0):
                problem(at, $"{name} has an empty name.", $"Write {name} name=value.");
                break;
            case "USER" or "WORKDIR" or "STOPSIGNAL" or "MAINTAINER" when count != 1:
                problem(at, $"{name} needs one argument.", $"Write {name} and its value.");
                break;
            case "SHELL" when instruction.Form != DockerfileForm.Json:
                problem(at, "SHELL wants a JSON array.", "Write SHELL [\"/bin/bash\", \"-c\"].");
                break;
            case "SHELL" when count == 0:
                problem(at, "SHELL needs at least one argument.", "Write SHELL [\"/bin/bash\", \"-c\"].");
                break;
            case "HEALTHCHECK":
                Health(instruction, problem);
                break;
            case "ONBUILD" when instruction.Trigger is null:
                problem(at, "ONBUILD needs an instruction.", "Write ONBUILD and the instruction to keep.");
                break;
            default:
                break;
        }
    }

    private static void From(DockerfileInstruction instruction, Action<int, string, string> problem)
    {
        IReadOnlyList<DockerfileWord> words = instruction.Arguments;
        if (words.Count != 1 && !(words.Count == 3 && words[1].Text.Equals("as", StringComparison.OrdinalIgnoreCase)))
        {
            problem(instruction.KeywordSpan.Start, "FROM takes an image, or an image, AS and a name.", "Write FROM image, or FROM image AS name.");
        }
        else if (words.Count == 3 && !IsStageName(words[2].Text.ToLowerInvariant()))
        {
            problem(words[2].Span.Start, $"'{Shorten(words[2].Text)}' is no name for a stage.", "Begin with a letter; go on with letters, digits, '-', '_' and '.'.");
        }
    }

    private static bool IsStageName(string name)
        => name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');

    private static void Health(DockerfileInstruction instruction, Action<int, string, string> problem)
    {
        int at = instruction.KeywordSpan.Start;
        string? type = instruction.HealthType?.Text.ToUpperInvariant();
        if (type is null)
        {
            problem(at, "HEALTHCHECK needs CMD and a command, or NONE.", "Write HEALTHCHECK CMD command.");
        }
        else if (type == "NONE" && instruction.Arguments.Count > 0)
        {
            problem(at, "HEALTHCHECK NONE takes no arguments.", "Write HEALTHCHECK NONE alone.");
        }
        else if (type == "CMD" && instruction.Arguments.Count == 0)
        {
            problem(at, "HEALTHCHECK CMD has no command.", "Write HEALTHCHECK CMD command.");
        }
        else if (type is not ("CMD" or "NONE"))
        {
            problem(instruction.HealthType!.Span.Start, $"HEALTHCHECK knows no '{Shorten(instruction.HealthType.Text)}'.", "Write HEALTHCHECK CMD command.");
        }
    }

    // Where builders put variables in, the syntax of substitutions has to be right.
    private static void Variables(DockerfileInstruction instruction, char escape, Action<int, string, string> problem)
    {
        foreach (DockerfileWord word in VariableUse.Words(instruction))
        {
            string text = DockerfileSource.Encode(word.Text);
            if (instruction.Name is "ADD" or "COPY" && HeredocReader.Parse(text) is not null)
            {
                continue;
            }

            // A value for every name: a variable that is needed and not set is no mistake of syntax.
            WordExpander expander = new(escape, _ => "x");
            if (!expander.TryExpand(text, out _))
            {
                problem(word.Span.Start, $"'{Shorten(word.Text)}' cannot be expanded: {expander.Error}", "Close quotes and braces; put the escape character before a '$' that is meant as it is.");
            }
        }
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
