using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>Everything that rules judge a Dockerfile by; gathered once, never changed.</summary>
internal sealed class DockerfileFacts : IAuditSubject
{
    private DockerfileFacts(Dockerfile file) => (File, Values) = (file, DockerfileEvaluator.Evaluate(file));

    /// <inheritdoc/>
    public required string Image { get; init; }

    /// <inheritdoc/>
    public required string Name { get; init; }

    Platform? IAuditSubject.Platform => null;

    Digest IAuditSubject.Digest => default;

    /// <summary>The file.</summary>
    public Dockerfile File { get; }

    /// <summary>Its instructions with variables put in.</summary>
    public DockerfileEvaluator Values { get; }

    /// <summary>Wildcards over the images that the policy allows stages to start from; null where it does not say.</summary>
    public IReadOnlyList<string>? AllowedBases { get; init; }

    /// <summary>Labels that the policy wants, and wildcards over their values; null where it does not say.</summary>
    public IReadOnlyDictionary<string, string>? RequiredLabels { get; init; }

    /// <summary>Every RUN, those that ONBUILD keeps among them, in order.</summary>
    public IReadOnlyList<RunFacts> Runs { get; private init; } = [];

    /// <summary>The inline ignores.</summary>
    public IReadOnlyList<InlineIgnore> Ignores { get; private init; } = [];

    /// <summary>The stages.</summary>
    public IReadOnlyList<DockerfileStage> Stages => File.Stages;

    /// <summary>The stage that becomes the image; null where there is none.</summary>
    public DockerfileStage? Last => File.Stages.Count > 0 ? File.Stages[^1] : null;

    /// <summary>The stages that the image consists of: the last one and those that it starts from.</summary>
    public IEnumerable<DockerfileStage> Shipped => Last?.Chain ?? [];

    /// <summary>Every instruction with the one that ONBUILD keeps in place of it.</summary>
    public IEnumerable<DockerfileInstruction> Actual => File.Instructions.Select(instruction => instruction.Trigger ?? instruction);

    /// <summary>Gathers the facts of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="image">What rows call it.</param>
    /// <param name="name">What fingerprints and suppressions go by.</param>
    /// <param name="allowedBases">Wildcards over images; null where the policy does not say.</param>
    /// <param name="requiredLabels">Labels and wildcards over their values; null where the policy does not say.</param>
    public static DockerfileFacts Of(Dockerfile file, string image, string name, IReadOnlyList<string>? allowedBases = null, IReadOnlyDictionary<string, string>? requiredLabels = null)
        => new(file) { Image = image, Name = name, AllowedBases = allowedBases, RequiredLabels = requiredLabels, Runs = RunFacts.Of(file), Ignores = InlineIgnore.Of(file) };

    /// <summary>True where a stage makes a Windows image, as far as its origin says.</summary>
    public static bool IsWindows(DockerfileStage stage)
    {
        string origin = stage.Chain.Last().Base?.Text.ToLowerInvariant() ?? "";
        return stage.Chain.Any(one => one.From.Flag("platform")?.StartsWith("windows", StringComparison.OrdinalIgnoreCase) == true)
            || origin.Contains("windows/", StringComparison.Ordinal) || origin.Contains("nanoserver", StringComparison.Ordinal) || origin.Contains("servercore", StringComparison.Ordinal) || origin.Contains("windowsservercore", StringComparison.Ordinal);
    }

    /// <summary>The line of a place in the file.</summary>
    public int LineOf(SourceSpan span) => File.Source.LineOf(span.Start);
}
