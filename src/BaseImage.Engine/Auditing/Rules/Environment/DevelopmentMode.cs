namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1024: no variable puts frameworks into development mode.</summary>
internal sealed class DevelopmentMode : ListingRule
{
    private static readonly HashSet<string> Modes = new(["NODE_ENV", "RAILS_ENV", "RACK_ENV", "FLASK_ENV", "APP_ENV", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DJANGO_ENV", "SYMFONY_ENV", "MIX_ENV", "GIN_MODE", "ENVIRONMENT"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Flags = new(["FLASK_DEBUG", "DJANGO_DEBUG", "APP_DEBUG", "DEBUG", "WERKZEUG_DEBUG", "PYTHONDEVMODE", "WP_DEBUG"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1024",
        Title = "Programs are not in development mode",
        Severity = Severity.Low,
        Category = "Environment",
        Rationale = "In development mode frameworks show stack traces, settings and source to whoever provokes an error, reload code from disk, and some offer a "
            + "console to the browser (Werkzeug, Rails). Images are what production runs.",
        Remediation = "Set production as the default of the image, and development in the command that starts it on a desk.",
        References = ["OWASP Top Ten 2021 A05", "CWE-489"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No variable puts programs into development mode.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("variable puts programs into development mode", "variables put programs into development mode");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (name, value) => (Modes.Contains(name) && value.Trim().ToUpperInvariant() is "DEVELOPMENT" or "DEV" or "DEBUG" or "LOCAL") || (Flags.Contains(name) && Variables.IsOn(value)))
            .Where(pair => Modes.Contains(pair.Key) || Flags.Contains(pair.Key))
            .Select(pair => new RuleFinding("", $"{pair.Key}={pair.Value} is for development.", Key: "env:" + pair.Key));
}
