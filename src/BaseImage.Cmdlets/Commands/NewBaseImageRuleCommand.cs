using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>New-BaseImageRule: a rule from a script block.</summary>
[Cmdlet(VerbsCommon.New, "BaseImageRule")]
[OutputType(typeof(AuditRule))]
public sealed class NewBaseImageRuleCommand : BaseImageCmdlet
{
    /// <summary>The rule's id, for instance ACME-001: a letter, then letters, digits, '-', '_' and '.'. BI and a digit are the catalogue's.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Id { get; set; } = "";

    /// <summary>
    /// Judges one image and platform, which it gets as $_ (BaseImage.AuditedImage), and returns what it finds: texts, files,
    /// packages, or objects with Message and, where they say something, Path, Line and Severity. Nothing returned is a pass.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>What it demands, in a few words; the id where none is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>How much it matters.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Severity Severity { get; set; } = Severity.Medium;

    /// <summary>Its category.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Category { get; set; } = "Custom";

    /// <summary>Why it matters.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string Rationale { get; set; } = "";

    /// <summary>How to mend what it finds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string Remediation { get; set; } = "";

    /// <summary>Where it is written.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Reference { get; set; } = [];

    /// <summary>The rule looks at configuration and history alone, never at files and packages: it then holds for Windows images too.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter ConfigurationOnly { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        AuditRule rule = new()
        {
            Id = Id,
            Title = Title ?? Id,
            Severity = Severity,
            Category = Category,
            Rationale = Rationale,
            Remediation = Remediation,
            References = Reference,
            Check = ScriptCheck.Of(ScriptBlock, !ConfigurationOnly),
        };
        Try(Id, () =>
        {
            CustomRuleId.Check([rule]);
            WriteObject(rule);
        });
    }
}
