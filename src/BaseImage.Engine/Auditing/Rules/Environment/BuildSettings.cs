namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1025: no setting of the build is left in the environment.</summary>
internal sealed class BuildSettings : ListingRule
{
    private static readonly HashSet<string> Names = new(["DEBIAN_FRONTEND", "DEBCONF_NONINTERACTIVE_SEEN", "UCF_FORCE_CONFFNEW", "UCF_FORCE_CONFFOLD", "APT_KEY_DONT_WARN_ON_DANGEROUS_USAGE", "MAKEFLAGS", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "SOURCE_DATE_EPOCH", "DOCKER_BUILDKIT"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1025",
        Title = "Settings of the build stay in the build",
        Severity = Severity.Info,
        Category = "Environment",
        Rationale = "DEBIAN_FRONTEND, compiler flags and their like are meant for the steps of a build. In the environment of a container they change what tools "
            + "do there, without anybody having meant it. The findings are notes.",
        Remediation = "Set them for the step alone: RUN DEBIAN_FRONTEND=noninteractive apt-get install …, or use ARG in place of ENV.",
        References = ["Docker documentation, Building best practices, ENV", "debconf(7)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "No setting of the build is left in the environment.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("setting of the build is left", "settings of the build are left");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (name, value) => value.Length > 0 && Names.Contains(name)).Select(pair => new RuleFinding("", $"{pair.Key} is a setting of the build.", Severity.Info, "env:" + pair.Key));
}
