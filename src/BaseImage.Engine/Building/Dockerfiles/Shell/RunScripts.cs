namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>Which shell runs an instruction, and what it is given to run.</summary>
internal static class RunScripts
{
    private static readonly HashSet<string> Posix = new(["sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"], StringComparer.Ordinal);

    /// <summary>The shell that a SHELL instruction names.</summary>
    public static ShellKind KindOf(IReadOnlyList<string> shell)
    {
        if (shell.Count == 0)
        {
            return ShellKind.Posix;
        }

        string name = shell[0].Replace('\\', '/');
        name = name[(name.LastIndexOf('/') + 1)..].ToLowerInvariant();
        name = name.EndsWith(".exe", StringComparison.Ordinal) ? name[..^4] : name;

        // Something like ["/usr/bin/env", "bash", "-c"] or tini: a shell further on counts.
        return name switch
        {
            "powershell" or "pwsh" => ShellKind.PowerShell,
            "cmd" => ShellKind.Cmd,
            _ when Posix.Contains(name) => ShellKind.Posix,
            "env" or "tini" or "scl" when shell.Count > 1 => KindOf([.. shell.Skip(1).SkipWhile(word => word.StartsWith('-'))]),
            _ => ShellKind.Other,
        };
    }

    /// <summary>The script of a RUN (or of a CMD, ENTRYPOINT, HEALTHCHECK) for a POSIX shell.</summary>
    public static ShellScript Of(Dockerfile file, DockerfileInstruction instruction)
    {
        DockerfileSource source = file.Source;
        if (instruction.Form == DockerfileForm.Json)
        {
            return ShellParser.Exec([.. instruction.Arguments.Select(word => word.Text)], instruction.Line);
        }

        int start = instruction.ArgumentStart;
        ShellScript command = ShellParser.Parse(instruction.Joined.Text[start..instruction.ArgumentEnd], at => source.LineOf(instruction.Joined.OffsetOf(Math.Min(start + at, Math.Max(instruction.ArgumentEnd - 1, 0)))));
        if (instruction.Heredocs.Count == 0)
        {
            return command;
        }

        // The first here-document is the script where it stands alone, or is what a shell reads.
        DockerfileHeredoc heredoc = instruction.Heredocs[0];
        bool isScript = command.Commands.Count == 0 ? IsPosixScript(heredoc.Content)
            : command.Commands is [{ Redirections.Count: > 0 } only] && Posix.Contains(only.Name) && only.Operands.Count == 0;
        if (!isScript)
        {
            return command;
        }

        string text = source.Text.Substring(heredoc.ContentSpan.Start, heredoc.ContentSpan.Length);
        ShellScript body = ShellParser.Parse(text, at => source.LineOf(heredoc.ContentSpan.Start + at));
        return new ShellScript([.. command.Commands, .. body.Commands], body.Text, body.HasPipe || command.HasPipe, body.SetsPipefail || command.Commands.Any(shell => shell.Has("pipefail")));
    }

    private static bool IsPosixScript(string content)
    {
        if (!content.StartsWith("#!", StringComparison.Ordinal))
        {
            return true;
        }

        string first = content.Split('\n')[0][2..].Trim();
        return KindOf(first.Split(' ', StringSplitOptions.RemoveEmptyEntries)) == ShellKind.Posix;
    }
}
