namespace BaseImage.Engine.Auditing.Rules.State;

/// <summary>BI2032: there is no saved state of a random generator.</summary>
internal sealed class RandomSeeds : ListingRule
{
    private static readonly HashSet<string> Paths = new(["/var/lib/systemd/random-seed", "/var/lib/urandom/random-seed", "/var/lib/random-seed", "/var/lib/misc/random-seed", "/var/run/random-seed", "/boot/loader/random-seed", "/etc/random-seed"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2032",
        Title = "No random seed",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "A seed in an image is known to everybody who can pull it and the same in every container: what is made from it can be guessed, and it makes "
            + "every build another image.",
        Remediation = "Remove the file at the end of the build.",
        References = ["random(4)", "reproducible-builds.org, System images"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is no random seed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("random seed is there", "random seeds are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && file.Size > 0 && (Paths.Contains(file.Path) || FileText.Name(file) is ".rnd" or "prng_exch")).Select(file => new RuleFinding(file.Path, $"is a random generator's state ({Words.Size(file.Size)})"));
}
