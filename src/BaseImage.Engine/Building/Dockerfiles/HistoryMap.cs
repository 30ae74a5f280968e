using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Comparison;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// Finds the instructions that made the steps of a history. Builders write one step an instruction, in order, behind those
/// of the base: so instructions and steps are aligned as two texts are, an instruction only to a step of its own name, and
/// best to one that says the same. Steps of the base find nothing in the file.
/// </summary>
internal sealed class HistoryMap(Dockerfile file) : IMapHistory
{
    private const int MaxSteps = 4000, Same = 100, SameName = 1;

    private static readonly HashSet<string> Steps = new(
        ["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"], StringComparer.Ordinal);

    private readonly DockerfileEvaluator _values = DockerfileEvaluator.Evaluate(file);

    /// <inheritdoc/>
    public IReadOnlyList<DockerfileStep?> Map(IReadOnlyList<ImageHistory> history)
    {
        HistoryInstruction[] steps = [.. history.Select(step => HistoryInstruction.Parse(step.CreatedBy))];
        (int Score, DockerfileStep?[] Lines) best = (0, new DockerfileStep?[steps.Length]);

        // Any stage may have been the target; of two that fit alike the later one was.
        foreach (DockerfileStage stage in steps.Length > MaxSteps ? [] : file.Stages)
        {
            DockerfileInstruction[] instructions = [.. stage.Chain.Reverse().SelectMany(part => part.Instructions).Where(instruction => Steps.Contains(instruction.Name))];
            (int Score, DockerfileStep?[] Lines) found = instructions.Length > MaxSteps ? (0, []) : Align(steps, instructions);
            best = found.Score >= best.Score && found.Lines.Length > 0 ? found : best;
        }

        return best.Lines;
    }

    private (int Score, DockerfileStep?[] Lines) Align(HistoryInstruction[] steps, DockerfileInstruction[] instructions)
    {
        // Of the ends: what the last steps are is surer than what the first ones are.
        int[,] scores = new int[steps.Length + 1, instructions.Length + 1];
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            for (int j = instructions.Length - 1; j >= 0; j--)
            {
                int pair = Likeness(steps[i], instructions[j]);
                scores[i, j] = Math.Max(Math.Max(scores[i + 1, j], scores[i, j + 1]), pair == 0 ? 0 : pair + scores[i + 1, j + 1]);
            }
        }

        DockerfileStep?[] lines = new DockerfileStep?[steps.Length];
        for (int i = 0, j = 0; i < steps.Length && j < instructions.Length;)
        {
            // A step that may as well be passed over is the base's.
            if (scores[i, j] == scores[i + 1, j])
            {
                i++;
            }
            else if (scores[i, j] == scores[i, j + 1])
            {
                j++;
            }
            else
            {
                lines[i++] = new DockerfileStep(Text(instructions[j]), instructions[j].Line);
                j++;
            }
        }

        return (scores[0, 0], lines);
    }

    private int Likeness(HistoryInstruction step, DockerfileInstruction instruction)
    {
        if (step.Name != instruction.Name)
        {
            return 0;
        }

        string said = Words(step.Text), written = Words(instruction.ArgumentText);
        return step.Name switch
        {
            "RUN" => said == written || said == Words(string.Join(' ', instruction.Arguments.Select(word => word.Text))) || (instruction.Heredocs.Count > 0 && said.StartsWith("<<", StringComparison.Ordinal)) ? Same : 0,

            // The classic builder and Buildah write digests of what was copied, and all write the target with variables put in.
            "COPY" or "ADD" => _values[instruction].Arguments is [.., { } target] && Ends(said, target) ? Same : instruction.Arguments.Count > 0 && Ends(said, instruction.Arguments[^1].Text) ? Same : 0,
            "ENV" or "LABEL" or "ARG" => instruction.Pairs.Count > 0 && said.StartsWith(instruction.Pairs[0].Name, StringComparison.Ordinal) ? Same : 0,
            _ => said == written || (_values[instruction].Arguments.Count > 0 && _values[instruction].Arguments.All(word => word is not null && said.Contains(word, StringComparison.Ordinal))) ? Same : SameName,
        };
    }

    private static bool Ends(string said, string target) => said.EndsWith(" " + target, StringComparison.Ordinal) || said.TrimEnd('/', ' ').EndsWith(" " + target.TrimEnd('/'), StringComparison.Ordinal);

    private static string Words(string text) => string.Join(' ', text.Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    private static string Text(DockerfileInstruction instruction) => $"{instruction.Name} {Words(instruction.ArgumentText)}".TrimEnd();
}
