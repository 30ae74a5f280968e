using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Building.Pinning;

/// <summary>What an ADD downloads.</summary>
/// <param name="Instruction">The ADD.</param>
/// <param name="Url">The address, variables put in.</param>
/// <param name="Checksum">What it is pinned to; empty for nothing.</param>
/// <param name="Span">Where the checksum stands, or, of no length, where its flag goes.</param>
/// <param name="Reason">Why it cannot be pinned; empty where it can.</param>
internal sealed record RemoteSource(DockerfileInstruction Instruction, string Url, Digest Checksum, SourceSpan Span, string Reason)
{
    /// <summary>The address without what gives access to it.</summary>
    public string Shown => Uri.TryCreate(Url, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length > 0 ? Url.Replace(uri.UserInfo + "@", "***@", StringComparison.Ordinal) : Url;

    /// <summary>Every one of a file, in order.</summary>
    public static IEnumerable<RemoteSource> Find(Dockerfile file)
    {
        DockerfileEvaluator values = DockerfileEvaluator.Evaluate(file);
        foreach (DockerfileInstruction add in file.Stages.SelectMany(stage => stage.Instructions).Where(instruction => instruction.Name == "ADD"))
        {
            // The last is where they go.
            for (int i = 0; i < add.Arguments.Count - 1; i++)
            {
                string? known = values[add].Arguments.ElementAtOrDefault(i);
                string address = known ?? add.Arguments[i].Text;
                if (IsRemote(address))
                {
                    yield return Of(add, address, known is not null);
                }
            }
        }
    }

    private static bool IsRemote(string source) => new[] { "http://", "https://", "git@", "git://", "ssh://" }.Any(start => source.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    private static RemoteSource Of(DockerfileInstruction add, string address, bool isKnown)
    {
        DockerfileFlag? flag = add.Flags.LastOrDefault(flag => flag.Name == "checksum");
        Digest checksum = flag?.Value is { } value && Digest.TryParse(value, out Digest parsed) ? parsed : default;
        string path = address.Split('#', '?')[0];
        string reason = !isKnown ? "its address depends on a build argument without a default"
            : !address.StartsWith("http", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? "it is a repository: name a commit by its whole hash behind '#'"
            : add.Arguments.Count > 2 ? "an ADD takes a checksum where it has one source alone: give the download an ADD of its own"
            : flag is not null && checksum.IsEmpty ? "its checksum is no SHA-256 that stands there as it is"
            : "";
        return new RemoteSource(add, address, checksum, flag is null || checksum.IsEmpty ? new SourceSpan(add.KeywordSpan.End, 0) : flag.ValueSpan, reason);
    }
}
