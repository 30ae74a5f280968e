using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>Finds keys, tokens and passwords in a Dockerfile: by form everywhere, by name where something is assigned.</summary>
internal static class SecretReader
{
    private static readonly string[] PasswordFlags = ["--password=", "--passwd=", "--token=", "--api-key=", "--secret="];

    /// <summary>A secret; it never holds the secret itself.</summary>
    internal sealed record Hit(string Where, string Kind, string Masked, int Line, Severity? Severity);

    /// <summary>Every secret of a file, each line's once.</summary>
    public static IReadOnlyList<Hit> Find(DockerfileFacts facts)
    {
        List<Hit> hits = [];
        HashSet<(int, string)> forms = [];
        string text = facts.File.Source.Show(new SourceSpan(0, facts.File.Source.Length));
        int[] lines = [.. text.Select((c, i) => (c, i)).Where(pair => pair.c == '\n').Select(pair => pair.i)];
        foreach ((SecretPattern pattern, Range range) in SecretScanner.Find(text))
        {
            int found = Array.BinarySearch(lines, range.Start.Value);
            int line = (found < 0 ? ~found : found) + 1;
            if (forms.Add((line, pattern.Kind)))
            {
                hits.Add(new Hit(Where(facts, line), pattern.Kind, SecretText.Mask(text.AsSpan(range), pattern.Shown), line, pattern.Severity));
            }
        }

        HashSet<(int, string)> told = [];
        foreach ((string where, string name, string value, int line) in Assigned(facts))
        {
            if (told.Add((line, value)) && !forms.Any(form => form.Item1 == line) && !SecretScanner.Find($"{name}={value}").Any() && NamedSecrets.Judge(name, value) is { } hit)
            {
                hits.Add(new Hit(where, hit.Kind, hit.Masked, line, hit.Severity));
            }
        }

        return [.. hits.DistinctBy(hit => (hit.Where, hit.Kind, hit.Masked, hit.Line)).OrderBy(hit => hit.Line)];
    }

    private static string Where(DockerfileFacts facts, int line)
    {
        DockerfileInstruction? instruction = facts.File.Instructions.FirstOrDefault(one => line >= one.Line && line <= one.EndLine);
        return instruction is null ? "a comment" : instruction.Name;
    }

    private static IEnumerable<(string Where, string Name, string Value, int Line)> Assigned(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name is "ARG" or "ENV" or "LABEL"))
        {
            IReadOnlyList<string?> values = facts.Values[instruction].Arguments;
            for (int i = 0; i < instruction.Pairs.Count && i < values.Count; i++)
            {
                DockerfilePair pair = instruction.Pairs[i];
                if (pair.Value is not null && values[i] is { } value && !pair.Value.Contains('$', StringComparison.Ordinal))
                {
                    yield return ($"{instruction.Name} {Archives.Unquoted(pair.Name)}", Archives.Unquoted(pair.Name), value, facts.LineOf(pair.NameSpan));
                }
            }
        }

        foreach (ShellCommand command in facts.Runs.SelectMany(run => run.Script.Commands))
        {
            foreach (string assignment in command.Assignments.Concat(command.Name is "export" or "env" ? command.Arguments : []))
            {
                if (assignment.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
                {
                    yield return ($"RUN {assignment[..equals]}", assignment[..equals], assignment[(equals + 1)..], command.Line);
                }
            }

            foreach (string argument in command.Arguments)
            {
                if (PasswordFlags.FirstOrDefault(flag => argument.StartsWith(flag, StringComparison.Ordinal)) is { } flag)
                {
                    yield return ($"RUN {command.Name}", flag.Trim('-', '='), argument[flag.Length..], command.Line);
                }
                else
                {
                    foreach ((string name, string value) in NamedSecrets.Assignments(argument))
                    {
                        yield return ($"RUN {command.Name}", name, value, command.Line);
                    }
                }
            }

            // What stands in two words: -u user:password, --token value.
            foreach ((string name, string value) in NamedSecrets.Assignments(string.Join(' ', command.Arguments.Prepend(command.Name))))
            {
                yield return ($"RUN {command.Name}", name, value, command.Line);
            }
        }

        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name is "CMD" or "ENTRYPOINT" or "HEALTHCHECK"))
        {
            foreach ((string name, string value) in NamedSecrets.Assignments(string.Join(' ', facts.Values[instruction].Arguments)))
            {
                yield return (instruction.Name, name, value, instruction.Line);
            }
        }
    }
}
