namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>Programs, packages and where they come from.</summary>
internal static class PackageRows
{
    public static IReadOnlyList<CorpusRow> Faults { get; } =
    [
        new("a package's program is changed", "debian", "printf x >> usr/bin/mawk", "BI3001", "/usr/bin/mawk"),
    ];

    public static IReadOnlyList<CorpusRow> Innocent { get; } =
    [
        new("a configuration file of a package is changed", "debian", "echo '# ours' >> etc/debconf.conf", "BI3001", "/etc/debconf.conf"),
    ];
}
