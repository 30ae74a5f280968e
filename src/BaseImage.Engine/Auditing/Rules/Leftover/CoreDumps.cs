namespace BaseImage.Engine.Auditing.Rules.Leftover;

/// <summary>BI2037: there is no core file.</summary>
internal sealed class CoreDumps : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2037",
        Title = "No memory of a program that crashed",
        Severity = Severity.Medium,
        Category = "Secrets",
        Rationale = "A core file is the memory of a program that crashed: passwords, keys and other people's data in the clear, and mostly larger than the rest "
            + "of the image. It is told by its content, whatever its name.",
        Remediation = "Remove the file in the step that made it, and set ulimit -c 0 while building.",
        References = ["core(5)", "CWE-528"],
        Equivalent = ["dockle:DKL-LI-0003"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is no core file.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("core file is there", "core files are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (files, file) => files.Mark(file) == Contents.ContentMark.CoreDump).Select(file => new RuleFinding(file.Path, $"is a core file of {Words.Size(file.Size)}"));
}
