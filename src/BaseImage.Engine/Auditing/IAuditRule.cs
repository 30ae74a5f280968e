namespace BaseImage.Engine.Auditing;

/// <summary>
/// A rule of the catalogue: a description and a pure function of facts. A class that implements this in the Engine is
/// in the catalogue; nothing else has to be told of it.
/// </summary>
internal interface IAuditRule
{
    /// <summary>What the rule demands and why: the catalogue entry and the documentation.</summary>
    AuditRule Describe { get; }

    /// <summary>Tells the rule from every other that might judge differently; of a rule of the catalogue its id is enough.</summary>
    string Identity => Describe.Id;

    /// <summary>True where the image's files are needed; such rules are Skipped for images that are not Linux ones.</summary>
    bool NeedsFiles { get; }

    /// <summary>True where it judges by the day of the audit: what it found on another one does not count.</summary>
    bool DependsOnDay => false;

    /// <summary>True where the image has to run; such rules are left out unless that was asked for, or they were named.</summary>
    bool NeedsRuntime => false;

    /// <summary>True where the image's signatures have to be verified.</summary>
    bool NeedsSignatures => false;

    /// <summary>True where what is stated about the image has to be verified.</summary>
    bool NeedsAttestations => false;

    /// <summary>Which runs it judges by, where the image has to run.</summary>
    Runtime.RunNeeds Needs => Runtime.RunNeeds.All;

    /// <summary>
    /// Judges one image and platform. What it throws becomes a row of status Error; it need not escape or mask what it
    /// quotes, which is done once for all rules.
    /// </summary>
    RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken);
}
