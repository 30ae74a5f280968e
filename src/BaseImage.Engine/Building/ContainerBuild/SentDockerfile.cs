using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>A step of the Dockerfile that is sent.</summary>
/// <param name="Instruction">The instruction as the Dockerfile has it; null for what is added here.</param>
/// <param name="Stage">Its stage; null before the first FROM.</param>
/// <param name="Number">Its number in the stage, from 1, FROM being the first.</param>
internal sealed record SentStep(DockerfileInstruction? Instruction, DockerfileStage? Stage, int Number);

/// <summary>
/// The Dockerfile that is sent: the original with names replaced by what they were resolved to, and with what every stage
/// gets. All else is the same byte for byte.
/// </summary>
internal sealed class SentDockerfile
{
    private SentDockerfile(byte[] bytes, IReadOnlyList<SentStep> steps) => (Bytes, Steps) = (bytes, steps);

    /// <summary>Its bytes.</summary>
    public byte[] Bytes { get; }

    /// <summary>Its steps, in order.</summary>
    public IReadOnlyList<SentStep> Steps { get; }

    /// <summary>Makes it.</summary>
    /// <param name="file">The original.</param>
    /// <param name="edits">What is replaced in it.</param>
    /// <param name="added">Instructions that each stage begins with, each on one line.</param>
    public static SentDockerfile Make(Dockerfile file, IEnumerable<(SourceSpan Span, string Text)> edits, IReadOnlyList<string> added)
    {
        List<(SourceSpan, string)> all = [.. edits];

        // A frontend of one's own would be fetched from a registry, unpinned; the builder's own reads the file.
        all.AddRange(file.Directives.Where(directive => directive.Name == "syntax").Select(directive => (directive.Span, "")));
        List<SentStep> steps = [];
        DockerfileStage? stage = null;
        int number = 0;
        foreach (DockerfileInstruction instruction in file.Instructions)
        {
            if (instruction.Name == "FROM")
            {
                (stage, number) = (file.Stages.First(candidate => ReferenceEquals(candidate.From, instruction)), 0);
            }

            steps.Add(new SentStep(instruction, stage, ++number));
            if (instruction.Name == "FROM")
            {
                bool ends = instruction.Span.Length > 0 && file.Source.Bytes[instruction.Span.End - 1] == (byte)'\n';
                all.Add((new SourceSpan(instruction.Span.End, 0), (ends ? "" : "\n") + string.Concat(added.Select(line => line + "\n"))));
                steps.AddRange(added.Select(_ => new SentStep(null, stage, ++number)));
            }
        }

        return new SentDockerfile(file.Write(all), steps);
    }
}
