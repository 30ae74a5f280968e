using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Building.Pinning;

/// <summary>
/// The comment that keeps the readable name of what is pinned: <c># pinned: alpine:3.20</c> on a line above the instruction.
/// It is also what an update asks for. A tag beside the digest would do where every builder read it; Podman's does not.
/// </summary>
internal sealed class PinComments
{
    private const string Mark = "pinned: ";
    private readonly Dictionary<DockerfileInstruction, List<string>> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>Reads those of a file.</summary>
    public PinComments(Dockerfile file)
    {
        List<string> above = [];
        foreach (DockerfileNode node in file.Nodes)
        {
            switch (node)
            {
                case DockerfileComment comment when comment.Text.StartsWith(Mark, StringComparison.Ordinal):
                    above.Add(comment.Text[Mark.Length..].Trim());
                    break;
                case DockerfileComment:
                    break;
                case DockerfileInstruction instruction:
                    _names[instruction] = above;
                    above = [];
                    break;
                default:
                    above = [];
                    break;
            }
        }
    }

    /// <summary>The name, with its tag, that a comment above an instruction keeps for a repository; null for none.</summary>
    public ImageName? Find(DockerfileInstruction instruction, string repository)
        => _names[instruction].Select(ImageName.Parse).FirstOrDefault(name => name is { Digest.IsEmpty: true } && name.Repository == repository);

    /// <summary>The line to put above an instruction.</summary>
    public static string Line(ImageName name, string lineEnd) => $"# {Mark}{name.Tagged}{lineEnd}";
}
