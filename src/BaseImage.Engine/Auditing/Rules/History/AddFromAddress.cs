namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1029: no step adds what an address gives.</summary>
internal sealed class AddFromAddress : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1029",
        Title = "Nothing is added from an address unchecked",
        Severity = Severity.Medium,
        Category = "History",
        Rationale = "ADD of an address takes whatever that server gives on the day of the build, without a checksum and with nobody looking: another day, "
            + "another content, and whoever holds the server holds the image.",
        Remediation = "Use ADD --checksum=sha256:…, or download, verify and install in one RUN, or get the thing as a package.",
        References = ["CIS Docker Benchmark 4.9", "Dockerfile reference, ADD"],
        Equivalent = ["dockle:CIS-DI-0009", "cis-docker:4.9", "hadolint:DL3020"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No step adds what an address gives.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step adds what an address gives", "steps add what addresses give");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => HistorySteps.Of(facts).Where(step => step.Instruction == "ADD" && (step.Words.Any(IsAddress) || IsDownload(step))).Select(step => new RuleFinding(
            "", $"Step {step.Number} adds what an address gives: {step.Text}", Key: step.Key));

    // The classic builder writes the checksum of what it downloaded, and "file:" before that of what was in its folder.
    private static bool IsDownload(HistoryStep step) => step.Words is [{ Length: 64 } checksum, "in", ..] && checksum.All(char.IsAsciiHexDigit);

    private static bool IsAddress(string word)
        => word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("ftp://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("git@", StringComparison.Ordinal);
}
