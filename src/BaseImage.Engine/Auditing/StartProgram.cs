namespace BaseImage.Engine.Auditing;

/// <summary>The program that a container of an image starts, looked for as runc does.</summary>
/// <param name="Asked">As the configuration writes it; empty where nothing is to be started.</param>
/// <param name="Path">Where it was looked for in the end.</param>
/// <param name="File">The file, links followed; null where there is none.</param>
/// <param name="Arguments">The rest of the command.</param>
internal sealed record StartProgram(string Asked, string Path, ImageFile? File, IReadOnlyList<string> Arguments)
{
    /// <summary>The program of an image: what entrypoint and cmd say together.</summary>
    public static StartProgram Of(ImageFacts facts)
    {
        string[] command = [.. facts.Process.Entrypoint ?? [], .. facts.Process.Cmd ?? []];
        return command.Length == 0 ? new StartProgram("", "", null, []) : Find(facts, command[0]) with { Arguments = command[1..] };
    }

    /// <summary>A program by name or path.</summary>
    public static StartProgram Find(ImageFacts facts, string asked)
    {
        if (asked.Contains('/', StringComparison.Ordinal))
        {
            string path = asked.StartsWith('/') ? asked : $"{(facts.Process.WorkingDir.StartsWith('/') ? facts.Process.WorkingDir : "/" + facts.Process.WorkingDir).TrimEnd('/')}/{asked}";
            return new StartProgram(asked, path, facts.Files?.Resolve(path), []);
        }

        string list = Variables.Of(facts.Process).GetValueOrDefault("PATH") ?? Variables.DefaultPath;
        ImageFile? second = null;
        foreach (string folder in list.Split(':'))
        {
            string path = (folder.StartsWith('/') ? folder.TrimEnd('/') : $"{facts.Process.WorkingDir.TrimEnd('/')}/{folder}".TrimEnd('/')) + "/" + asked;
            if (asked.Length > 0 && facts.Files?.Resolve(path) is { Kind: ImageFileKind.File or ImageFileKind.HardLink } file)
            {
                if ((file.Mode & 0x49) != 0)
                {
                    return new StartProgram(asked, path, file, []);
                }

                second ??= file;
            }
        }

        return new StartProgram(asked, second?.Path ?? asked, second, []);
    }
}
