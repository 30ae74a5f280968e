using System.Text.RegularExpressions;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>Something that an ADD downloads.</summary>
/// <param name="Url">Its address, variables put in.</param>
/// <param name="FileName">What the file is called.</param>
/// <param name="Checksum">What the ADD says its digest is; empty where it says nothing.</param>
/// <param name="Word">Where the address stands.</param>
/// <param name="Instruction">The ADD.</param>
internal sealed partial record RemoteFile(string Url, string FileName, Digest Checksum, DockerfileWord Word, DockerfileInstruction Instruction)
{
    /// <summary>Every download that is needed up to a stage, in order of place.</summary>
    /// <exception cref="DockerfileNotBuildableException">One cannot be checked.</exception>
    public static IReadOnlyList<RemoteFile> Find(Dockerfile file, DockerfileEvaluator values, DockerfileStage target, string path)
        => [.. file.Stages.Where(stage => stage.Index <= target.Index).SelectMany(stage => stage.Instructions).Where(instruction => instruction.Name == "ADD").SelectMany(instruction => Of(instruction, values[instruction], path))];

    /// <summary>What replaces the ADD's words, so that it takes the files from an image.</summary>
    /// <param name="files">The files of one ADD, each with its path in that image.</param>
    /// <param name="image">The image's name.</param>
    public static IEnumerable<(SourceSpan Span, string Text)> Edits(IReadOnlyList<(RemoteFile File, string Path)> files, string image)
    {
        DockerfileInstruction add = files[0].File.Instruction;
        yield return (add.KeywordSpan, $"COPY --from={image}");
        foreach (DockerfileFlag flag in add.Flags.Where(flag => flag.Name is "checksum" or "keep-git-dir" or "unpack"))
        {
            yield return (flag.Span, "");
        }

        foreach ((RemoteFile file, string place) in files)
        {
            yield return (file.Word.Span, add.Form is DockerfileForm.Json ? $"\"{place}\"" : place);
        }
    }

    private static IEnumerable<RemoteFile> Of(DockerfileInstruction instruction, DockerfileValues values, string path)
    {
        DockerfileWord[] sources = [.. instruction.Arguments.SkipLast(1)];
        bool[] remote = new bool[sources.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            string? url = values.Arguments[i];
            if (url is null && LooksRemote(sources[i].Text))
            {
                throw Cannot($"what '{sources[i].Text}' stands for is not known", "Give its arguments a default or a value in the settings file.");
            }

            if (url is not null && IsGit(url))
            {
                throw Cannot($"'{url}' is a repository, which cannot be checked by a digest of its bytes", "Check it out beside the Dockerfile and COPY it.");
            }

            remote[i] = url is not null && LooksRemote(url);
        }

        if (!Array.Exists(remote, is_ => is_))
        {
            yield break;
        }

        if (!Array.TrueForAll(remote, is_ => is_))
        {
            throw Cannot("one ADD takes both files of the context and downloads", "Write one ADD for each.");
        }

        Digest checksum = default;
        if (instruction.Flag("checksum") is { } text && (!Digest.TryParse(text, out checksum) || sources.Length > 1))
        {
            throw Cannot("--checksum is no digest of one file", "Write --checksum=sha256: and 64 hexadecimal digits, one ADD for each file.");
        }

        for (int i = 0; i < sources.Length; i++)
        {
            string url = values.Arguments[i]!;
            string name = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) ? Path.GetFileName(Uri.UnescapeDataString(uri.AbsolutePath)) : "";
            yield return SafeName().IsMatch(name) && uri!.UserInfo.Length == 0 ? new RemoteFile(url, name, checksum, sources[i], instruction)
                : throw Cannot($"'{url}' has no plain file name at its end, or a password", "Download the file, and COPY it.");
        }

        DockerfileNotBuildableException Cannot(string problem, string action) => new(path, instruction.Line, $"{problem}.", action);
    }

    private static bool LooksRemote(string text) => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || IsGit(text);

    private static bool IsGit(string text) => text.StartsWith("git@", StringComparison.Ordinal) || text.StartsWith("git://", StringComparison.Ordinal) || text.StartsWith("ssh://", StringComparison.Ordinal)
        || (text.Contains("://", StringComparison.Ordinal) && GitEnding().IsMatch(text));

    [GeneratedRegex("^[A-Za-z0-9_+~-][A-Za-z0-9._+~-]{0,200}$", RegexOptions.CultureInvariant)]
    private static partial Regex SafeName();

    [GeneratedRegex(@"\.git(#.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex GitEnding();
}
