using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageRule: the rule catalogue.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageRule")]
[OutputType(typeof(AuditRule))]
public sealed class GetBaseImageRuleCommand : BaseImageCmdlet
{
    /// <summary>Ids of rules; wildcards. All where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RuleId", "Rule")]
    [ArgumentCompleter(typeof(RuleCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Rules of your own to list with the catalogue's, as New-BaseImageRule makes them.</summary>
    [Parameter]
    [RuleTransformation]
    public AuditRule[] CustomRule { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing() => ScriptCheck.Demand(this, CustomRule);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string id in Id)
        {
            WildcardPattern pattern = new(id, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            Try(id, () =>
            {
                List<AuditRule> found = [.. Engine.Rules.Rules.Concat(CustomRule).Where(rule => pattern.IsMatch(rule.Id))];
                if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
                {
                    throw new Errors.AuditRuleUnknownException(id);
                }

                WriteObject(found, enumerateCollection: true);
            });
        }
    }
}
