using BaseImage.Engine.Auditing.Policies;

using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing;

/// <summary>Everything that rules judge an image and platform by; gathered once, never changed.</summary>
internal sealed record ImageFacts : IAuditSubject
{
    private FactsTrace? _trace;
    private ImageConfig _config = new();

    /// <summary>The image, pinned by digest, in skopeo's notation.</summary>
    public required string Image { get => Seen(FactKinds.Names, field); init; }

    /// <summary>The image's name without tag and digest: what fingerprints and suppressions go by.</summary>
    public required string Name { get => Seen(FactKinds.Names, field); init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get => Seen(FactKinds.Platform, field); init; }

    Platform? IAuditSubject.Platform => Platform;

    /// <summary>The manifest's digest, or the ImageId where an engine knows no digest.</summary>
    public Digest Digest { get => Seen(FactKinds.Names, field); init; }

    /// <summary>When the image says it was made; null where it does not say.</summary>
    public DateTimeOffset? Created { get => Seen(FactKinds.Created, field); init; }

    /// <summary>The tags that it was asked for by or is known by; empty where there are none.</summary>
    public IReadOnlyList<string> Tags { get => Seen(FactKinds.Names, field); init; } = [];

    /// <summary>How a container of it starts.</summary>
    public ImageConfig Config { get => Seen(FactKinds.Config, _config); init => _config = value; }

    /// <summary>Of <see cref="Config"/> what a process is started by, and nothing else: user, environment, command and working folder.</summary>
    public ImageConfig Process => Seen(FactKinds.Process, new ImageConfig { User = _config.User, Env = _config.Env, Entrypoint = _config.Entrypoint, Cmd = _config.Cmd, WorkingDir = _config.WorkingDir });

    /// <summary>Its history, oldest first.</summary>
    public IReadOnlyList<ImageHistory> History { get => Seen(FactKinds.History, field); init; } = [];

    /// <summary>Its manifest, as far as the place where it lives has one; null where nothing is known of it.</summary>
    public ManifestFacts? Manifest { get => Seen(FactKinds.Manifest, field); init; }

    /// <summary>When it is audited: what expires is judged by this.</summary>
    public DateTimeOffset Now { get => Seen(FactKinds.Now, field); init; } = DateTimeOffset.UnixEpoch;

    /// <summary>What the policy allows of it.</summary>
    public PolicyLimits Limits { get => Seen(FactKinds.Limits, field); init; } = PolicyLimits.None;

    /// <summary>Its files; null for an image whose layers are not read (Windows).</summary>
    public FileFacts? Files { get; init; }

    /// <summary>What tests of files need; null where there are none.</summary>
    public Structure.StructureFacts? Structure { get => Seen(FactKinds.Others, field); init; }

    /// <summary>What came of verifying its signatures; null where nobody did.</summary>
    public Signing.SignatureFacts? Signatures { get => Seen(FactKinds.Others, field); init; }

    /// <summary>What came of verifying what is stated about it; null where nobody did.</summary>
    public Signing.AttestationFacts? Attestations { get => Seen(FactKinds.Others, field); init; }

    /// <summary>What was seen when it ran; null where it was not to run.</summary>
    public RuntimeFacts? Runtime { get => Seen(FactKinds.Others, field); init; }

    /// <summary>The same, with all that is looked at taken down.</summary>
    public ImageFacts Traced(FactsTrace trace) => this with { _trace = trace, Files = Files?.Traced(trace) };

    /// <summary>True where some facts beside files are the same in another image.</summary>
    public bool IsSame(ImageFacts other, FactKinds kinds)
    {
        return Same(FactKinds.Names, Image == other.Image && Name == other.Name && Digest == other.Digest && Tags.SequenceEqual(other.Tags))
            && Same(FactKinds.Platform, Platform == other.Platform)
            && Same(FactKinds.Created, Created == other.Created)
            && Same(FactKinds.Config, Config == other.Config)
            && Same(FactKinds.Process, IsSameProcess(_config, other._config))
            && Same(FactKinds.History, History == other.History || History.SequenceEqual(other.History))
            && Same(FactKinds.Manifest, Manifest == other.Manifest)
            && Same(FactKinds.Now, Now == other.Now)
            && Same(FactKinds.Limits, ReferenceEquals(Limits, other.Limits))
            && Same(FactKinds.Others, isSame: false);

        bool Same(FactKinds kind, bool isSame) => isSame || (kinds & kind) == 0;
    }

    private static bool IsSameProcess(ImageConfig left, ImageConfig right)
        => left.User == right.User && left.WorkingDir == right.WorkingDir && left.Env.SequenceEqual(right.Env, StringComparer.Ordinal)
            && (left.Entrypoint ?? []).SequenceEqual(right.Entrypoint ?? [], StringComparer.Ordinal) && (left.Cmd ?? []).SequenceEqual(right.Cmd ?? [], StringComparer.Ordinal)
            && left.Entrypoint is null == right.Entrypoint is null && left.Cmd is null == right.Cmd is null;

    private T Seen<T>(FactKinds kind, T value)
    {
        _trace?.Note(kind);
        return value;
    }
}
