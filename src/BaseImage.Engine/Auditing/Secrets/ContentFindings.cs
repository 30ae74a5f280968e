using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>What was seen in the content of an image's files, of every layer; by file, so that hard links share it.</summary>
internal sealed class ContentFindings
{
    // A file that is full of one form of token says no more with the thousandth.
    private const int MaximumHits = 100;

    private readonly Dictionary<MergedFileBody, (string Md5, ProgramKind Kind)> _bodies = [];
    private readonly List<FileSecret> _secrets = [];

    /// <summary>Keys and tokens, in the order in which the layers hold them.</summary>
    public IReadOnlyList<FileSecret> Secrets => _secrets;

    /// <summary>Takes down what was seen in a file.</summary>
    public void Add(MergedFile file, int layer, string md5, ProgramKind kind, IReadOnlyList<SecretHit> hits)
    {
        _bodies[file.Body] = (md5, kind);
        string path = file.ToString();
        IEnumerable<SecretHit> named = NamedFiles.Judge(path, file.Content ?? default);
        _secrets.AddRange(hits.Concat(named).Take(MaximumHits).Select(hit => new FileSecret(path, layer, hit)));
    }

    /// <summary>What was seen in a file; nothing for what is not a regular file.</summary>
    public (string? Md5, ProgramKind Kind) Of(MergedFile file) => _bodies.TryGetValue(file.Body, out (string Md5, ProgramKind Kind) seen) ? seen : (null, ProgramKind.None);
}
