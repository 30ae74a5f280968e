using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>A RUN, and the shell that it speaks to.</summary>
internal sealed record RunFacts
{
    /// <summary>The RUN.</summary>
    public required DockerfileInstruction Instruction { get; init; }

    /// <summary>Its stage; null before the first FROM.</summary>
    public required DockerfileStage? Stage { get; init; }

    /// <summary>Which shell runs it.</summary>
    public required ShellKind Kind { get; init; }

    /// <summary>Its commands; none where no POSIX shell runs it.</summary>
    public required ShellScript Script { get; init; }

    /// <summary>True where the shell in force, or the script itself, ends at a failure anywhere in a pipe.</summary>
    public required bool HasPipefail { get; init; }

    /// <summary>Its mounts.</summary>
    public required IReadOnlyList<RunMount> Mounts { get; init; }

    /// <summary>True for one that ONBUILD keeps.</summary>
    public required bool IsTrigger { get; init; }

    /// <summary>True where a cache or a file system in memory is mounted at a place whose path has this in it.</summary>
    public bool Caches(string fragment) => Mounts.Any(mount => mount.Type is "cache" or "tmpfs" && mount.Target.Contains(fragment, StringComparison.Ordinal));

    /// <summary>Every RUN of a file, in order.</summary>
    public static IReadOnlyList<RunFacts> Of(Dockerfile file)
    {
        List<RunFacts> runs = [];
        Dictionary<DockerfileStage, (ShellKind Kind, bool Pipefail)> ends = [];
        Walk(file, null, file.Instructions.TakeWhile(instruction => instruction.Name != "FROM"), (ShellKind.Posix, false), runs);
        foreach (DockerfileStage stage in file.Stages)
        {
            (ShellKind, bool) start = stage.Parent is { } parent ? ends[parent] : DockerfileFacts.IsWindows(stage) ? (ShellKind.Cmd, false) : (ShellKind.Posix, false);
            ends[stage] = Walk(file, stage, stage.Instructions, start, runs);
        }

        return runs;
    }

    private static (ShellKind Kind, bool Pipefail) Walk(Dockerfile file, DockerfileStage? stage, IEnumerable<DockerfileInstruction> instructions, (ShellKind Kind, bool Pipefail) shell, List<RunFacts> runs)
    {
        foreach (DockerfileInstruction instruction in instructions)
        {
            DockerfileInstruction actual = instruction.Trigger ?? instruction;
            if (actual.Name == "SHELL" && instruction.Trigger is null && actual.Form == DockerfileForm.Json)
            {
                shell = (RunScripts.KindOf([.. actual.Arguments.Select(word => word.Text)]), actual.Arguments.Any(word => word.Text == "pipefail"));
            }
            else if (actual.Name == "RUN")
            {
                // An exec form has no shell; its program says what it is.
                ShellKind kind = actual.Form == DockerfileForm.Json ? OfProgram([.. actual.Arguments.Select(word => word.Text)], shell.Kind) : shell.Kind;
                ShellScript script = kind == ShellKind.Posix ? RunScripts.Of(file, actual) : ShellScript.Empty;
                runs.Add(new RunFacts
                {
                    Instruction = actual,
                    Stage = stage,
                    Kind = kind,
                    Script = script,
                    HasPipefail = script.SetsPipefail || (shell.Pipefail && actual.Form != DockerfileForm.Json),
                    Mounts = [.. actual.Flags.Where(flag => flag is { Name: "mount", Value: not null }).Select(flag => RunMount.Parse(flag.Value!))],
                    IsTrigger = instruction.Trigger is not null,
                });
            }
        }

        return shell;
    }

    // PowerShell and cmd.exe say so themselves; any other program of a Windows image is none of a POSIX shell's.
    private static ShellKind OfProgram(IReadOnlyList<string> words, ShellKind shell)
    {
        ShellKind named = RunScripts.KindOf(words);
        return named is ShellKind.PowerShell or ShellKind.Cmd ? named : shell == ShellKind.Posix ? ShellKind.Posix : ShellKind.Other;
    }
}
