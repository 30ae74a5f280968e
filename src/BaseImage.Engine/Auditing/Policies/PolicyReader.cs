using BaseImage.Documents;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>Reads a policy file (<c>.psd1</c> or <c>.json</c>); every mistake is told with its place and a hint.</summary>
/// <example><code>
/// @{
///     SchemaVersion = 1
///     Severities    = @{ BI2001 = 'High' }
///     Disabled      = @{ BI2008 = 'documentation is wanted in these images' }
///     Limits        = @{ Size = '24 MiB' }
///     Suppressions  = @(@{ Rule = 'BI2001'; Image = 'tools*'; Path = '/usr/bin/su'; Reason = 'needed by cron'; Owner = 'platform team'; Until = '2026-12-31' })
/// }
/// </code></example>
internal sealed class PolicyReader(DataFiles files, RuleCatalogue catalogue)
{
    private static readonly string[] Keys = ["SchemaVersion", "Description", "Severities", "Disabled", "Limits", "Suppressions"];
    private static readonly string[] LimitKeys = ["Size"];
    private static readonly string[] SuppressionKeys = ["Rule", "Image", "Path", "Reason", "Owner", "Until"];

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Rules"] = "Write Severities = @{ BI2001 = 'High' } to change a severity, and Disabled = @{ BI2001 = 'reason' } to turn a rule off.",
        ["Suppression"] = "Write Suppressions.",
        ["Limit"] = "Write Limits = @{ Size = '24 MiB' }.",
        ["Size"] = "Write Limits = @{ Size = '24 MiB' }.",
    };

    /// <summary>Reads a policy from a full path; none for null.</summary>
    /// <exception cref="PolicyInvalidException">It has mistakes.</exception>
    public async Task<AuditPolicy> ReadAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            return AuditPolicy.None;
        }

        DataDocument document = await files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return Read(document);
    }

    /// <summary>Reads a policy from a document.</summary>
    public AuditPolicy Read(DataDocument document)
    {
        DataProblems problems = new();
        problems.Add(document.Problems);
        TableReader table = TableReader.Open(document.Root, "the policy", Keys, problems, Elsewhere);
        if (table.Require("SchemaVersion", "Write SchemaVersion = 1."))
        {
            table.Integer("SchemaVersion", 1, 1);
        }

        table.Text("Description");
        AuditPolicy policy = new() { Severities = Severities(table), Disabled = Disabled(table), Limits = Limits(table), Suppressions = Suppressions(table) };
        return problems.Any ? throw new PolicyInvalidException(document.Path, problems.Items) : policy;
    }

    private Dictionary<string, Severity> Severities(TableReader table)
    {
        const string Hint = "Write the rule's id and a severity, as BI2001 = 'High'.";
        Dictionary<string, Severity> severities = new(StringComparer.OrdinalIgnoreCase);
        foreach (DataEntry entry in table.Entries("Severities", Hint))
        {
            if (!IsRule(entry.Key, entry.KeyPosition, table.Problems) || TableReader.AsText(entry.Value, entry.Key, table.Problems) is not { Value: string text })
            {
                continue;
            }

            if (Enum.GetNames<Severity>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                severities[entry.Key] = Enum.Parse<Severity>(name);
            }
            else
            {
                table.Problems.Add(entry.Value.Position, $"'{SafeText.Of(text)}' is no severity.", $"Write one of {string.Join(", ", Enum.GetNames<Severity>())}.");
            }
        }

        return severities;
    }

    private Dictionary<string, string> Disabled(TableReader table)
    {
        const string Hint = "Write the rule's id and why it is turned off, as BI2008 = 'documentation is wanted'.";
        Dictionary<string, string> disabled = new(StringComparer.OrdinalIgnoreCase);
        foreach (DataEntry entry in table.Entries("Disabled", Hint))
        {
            IsRule(entry.Key, entry.KeyPosition, table.Problems);
        }

        foreach ((string rule, string reason) in table.Map("Disabled", Hint))
        {
            disabled[rule] = reason;
        }

        return disabled;
    }

    private static PolicyLimits Limits(TableReader table)
    {
        const string Hint = "Write Limits = @{ Size = '24 MiB' }, with kB, MB, GB, KiB, MiB or GiB.";
        if (table.Node("Limits") is not { } node)
        {
            return PolicyLimits.None;
        }

        TableReader limits = TableReader.Open(node, "Limits", LimitKeys, table.Problems);
        if (limits.Node("Size") is not { } size || size is DataRefused)
        {
            return PolicyLimits.None;
        }

        if (size is DataScalar { Value: string or long, Text: { } text } scalar && SizeText.TryParse(scalar.Value as string ?? text, out long bytes))
        {
            return new PolicyLimits { Size = bytes };
        }

        limits.Fail("Size", $"'{SafeText.Of((size as DataScalar)?.Text ?? TableReader.Kind(size))}' is no size.", Hint);
        return PolicyLimits.None;
    }

    private List<Suppression> Suppressions(TableReader table)
    {
        List<Suppression> suppressions = [];
        foreach (TableReader entry in table.Tables("Suppressions", "a suppression", SuppressionKeys))
        {
            string? rule = entry.RequiredText("Rule", "Name the rule, for instance 'BI2001', or a wildcard, 'BI2*'.");
            string? reason = entry.RequiredText("Reason", "Say why the finding is acceptable.");
            string? owner = entry.RequiredText("Owner", "Say who answers for it: a person or a team.");
            entry.Require("Until", "Say until which day it holds, as '2026-12-31'.");
            DateOnly? until = entry.Date("Until");
            if (rule is not null && !catalogue.Rules.Any(known => Wildcard.IsMatch(rule, known.Id)))
            {
                entry.Fail("Rule", $"No rule matches '{SafeText.Of(rule)}'.", RuleHint(rule));
            }

            string? path = entry.Text("Path");
            if (path is not null && !path.StartsWith('/') && !path.StartsWith('*'))
            {
                entry.Fail("Path", $"'{SafeText.Of(path)}' is not a path in an image.", $"Start it with '/', as '/{SafeText.Of(path)}'.");
            }

            if (rule is not null && reason is not null && owner is not null && until is { } day)
            {
                suppressions.Add(new Suppression(rule, entry.Text("Image") ?? "*", path, reason, owner, day));
            }
        }

        return suppressions;
    }

    private bool IsRule(string id, SourcePosition position, DataProblems problems)
    {
        if (catalogue.Rules.Any(rule => rule.Id.Equals(id, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        problems.Add(position, $"There is no rule '{SafeText.Of(id)}'.", RuleHint(id));
        return false;
    }

    private string RuleHint(string id) => NearestKey.Find(id, catalogue.Rules.Select(rule => rule.Id)) is { } nearest
        ? $"Did you mean {nearest}? Get-BaseImageRule lists the rules."
        : "List the rules with Get-BaseImageRule.";
}
