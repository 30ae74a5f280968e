namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>
/// Something planted in an image: a fault that a rule has to find, or something innocent that a rule has to leave alone.
/// </summary>
/// <param name="Name">What it is, in words; no two rows share it.</param>
/// <param name="Where">
/// A tree of <see cref="CorpusTrees"/>, for instance <c>debian</c>: <paramref name="How"/> is a line for /bin/sh, run in the
/// tree's folder. Or <c>docker:GROUP</c>: a line or several of a Dockerfile on top of the BusyBox tree; the lines of one
/// group make one image.
/// </param>
/// <param name="How">The script or the lines.</param>
/// <param name="Rule">The rule.</param>
/// <param name="What">Of a fault the finding's path or, where it does not begin with '/', a part of its message; of something innocent the path that no finding may have, empty for none at all.</param>
internal sealed record CorpusRow(string Name, string Where, string How, string Rule, string What)
{
    /// <summary>True where it is a Dockerfile's.</summary>
    public bool IsDocker => Where.StartsWith("docker:", StringComparison.Ordinal);

    /// <summary>True of a finding in the place that the row speaks of.</summary>
    public bool Speaks(AuditFinding finding) => What.Length == 0 || (What[0] == '/' ? finding.Path == What : finding.Message.Contains(What, StringComparison.Ordinal));
}

/// <summary>Every row.</summary>
internal static class CorpusRows
{
    public static IReadOnlyList<CorpusRow> Faults { get; } = [.. FileRows.Faults, .. AccountRows.Faults, .. DockerRows.Faults, .. PackageRows.Faults];

    public static IReadOnlyList<CorpusRow> Innocent { get; } = [.. FileRows.Innocent, .. AccountRows.Innocent, .. DockerRows.Innocent, .. PackageRows.Innocent];
}
