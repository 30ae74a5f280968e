namespace BaseImage.Engine.Auditing;

/// <summary>The parts of <see cref="ImageFacts"/> beside files.</summary>
[Flags]
internal enum FactKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The reference, name, tags and digest.</summary>
    Names = 1,

    /// <summary>The platform.</summary>
    Platform = 2,

    /// <summary>When the image was made.</summary>
    Created = 4,

    /// <summary>How a container of it starts.</summary>
    Config = 8,

    /// <summary>Its history.</summary>
    History = 16,

    /// <summary>Its manifest.</summary>
    Manifest = 32,

    /// <summary>The time of the audit.</summary>
    Now = 64,

    /// <summary>The policy's limits.</summary>
    Limits = 128,

    /// <summary>What a process is started by.</summary>
    Process = 512,

    /// <summary>Whether it has files at all, what tests of files need, and what was seen when it ran.</summary>
    Others = 256,
}

/// <summary>
/// What was looked at while something was made of facts. Images that share layers share what was made of them, where
/// nothing that was looked at is another in the one than in the other (docs/decisions/0014).
/// </summary>
internal sealed class FactsTrace
{
    // By their hashes: two paths of one hash only make something that could be shared be made again.
    private readonly HashSet<int> _paths = [];
    private readonly HashSet<object> _folders = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Func<FileFacts, ImageFile, bool>> _tests = [];
    private readonly HashSet<FactsTrace> _parts = [];

    /// <summary>What was looked at beside files.</summary>
    public FactKinds Kinds { get; private set; }

    /// <summary>True where every file was.</summary>
    public bool IsOfAllFiles { get; private set; }

    /// <summary>True where the secrets in layers were.</summary>
    public bool IsOfSecrets { get; private set; }

    /// <summary>True where the use of the layers' bytes was.</summary>
    public bool IsOfUse { get; private set; }

    /// <summary>The tests that were made of every file.</summary>
    public IEnumerable<Func<FileFacts, ImageFile, bool>> Tests => _tests.Concat(_parts.SelectMany(part => part.Tests));

    /// <summary>Takes down a part of the facts.</summary>
    public void Note(FactKinds kinds) => Kinds |= kinds;

    /// <summary>Takes down all files.</summary>
    public void NoteAll() => IsOfAllFiles = true;

    /// <summary>Takes down the secrets in layers.</summary>
    public void NoteSecrets() => IsOfSecrets = true;

    /// <summary>Takes down the use of the layers' bytes.</summary>
    public void NoteUse() => IsOfUse = true;

    /// <summary>Takes down a path that was asked for, whether something was there or not.</summary>
    public void Note(ReadOnlySpan<char> path) => _paths.Add(string.GetHashCode(path, StringComparison.Ordinal));

    /// <summary>Takes down a folder; true where it had not been before.</summary>
    public bool NoteFolder(object folder) => _folders.Add(folder);

    /// <summary>Takes down a test that was made of every file.</summary>
    public void Note(Func<FileFacts, ImageFile, bool> test) => _tests.Add(test);

    /// <summary>Takes down something that was made of facts before, with what was looked at then.</summary>
    public void Note(FactsTrace part) => _parts.Add(part);

    /// <summary>True where something that was looked at may be another in these files than in those that they share.</summary>
    public bool IsTouchedBy(FileFacts files)
        => IsOfUse || (IsOfAllFiles && (files.Changed.Count > 0 || files.Replaced.Count > 0)) || (IsOfSecrets && files.HasOwnSecrets)
            || files.Changed.Any(file => IsTouchedBy(files, file)) || files.Replaced.Any(file => IsTouchedBy(files.Shared!, file)) || _parts.Any(part => part.IsTouchedBy(files));

    private bool IsTouchedBy(FileFacts files, ImageFile file)
        => _paths.Contains(string.GetHashCode(file.Path, StringComparison.Ordinal)) || _tests.Any(test => test(files, file));
}
