using System.Globalization;
using BaseImage.Documents;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>
/// How much of a Dockerfile is judged. Rules look at pairs of lines and stages, so that a file made to be slow is refused
/// before they see it; the Dockerfiles that people write have some hundred lines.
/// </summary>
internal static class DockerfileLimits
{
    private const int Lines = 20_000;
    private const int Instructions = 5_000;
    private const int Stages = 200;
    private const int Pairs = 20_000;

    /// <summary>Refuses a file that is made to be slow.</summary>
    /// <exception cref="DockerfileInvalidException">It has too much of something.</exception>
    public static void Check(Dockerfile file, string path)
    {
        (int Count, int Limit, string Name)[] counts =
        [
            (file.Source.Length, DockerfileReader.MaximumBytes, "bytes"), (file.Nodes.Count, Lines, "lines"), (file.Instructions.Count, Instructions, "instructions"),
            (file.Stages.Count, Stages, "stages"), (file.Instructions.Sum(instruction => instruction.Pairs.Count), Pairs, "variables and labels"),
        ];
        foreach ((int count, int limit, string name) in counts.Where(one => one.Count > one.Limit))
        {
            string problem = string.Create(CultureInfo.InvariantCulture, $"The file has {count} {name}, where at most {limit} are judged.");
            throw new DockerfileInvalidException(path, [new DataProblem(new SourcePosition(path, 1, 1), problem, "Check that this is the Dockerfile that was meant.")]);
        }
    }
}
