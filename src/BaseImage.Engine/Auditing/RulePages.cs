using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Auditing;

/// <summary>The documentation of rules (docs/rules), made of the catalogue so that it cannot say anything else.</summary>
internal static class RulePages
{
    /// <summary>File names and their content, with "\n" at line ends.</summary>
    public static IReadOnlyDictionary<string, string> Write(RuleCatalogue catalogue)
    {
        SortedDictionary<string, string> pages = new(StringComparer.Ordinal) { ["README.md"] = Index(catalogue) };
        foreach (AuditRule rule in catalogue.Rules)
        {
            pages[rule.Id + ".md"] = Page(rule);
        }

        return pages;
    }

    private static string Index(RuleCatalogue catalogue)
    {
        StringBuilder page = new();
        page.Append("# Rules\n\n");
        page.Append("Generated from the rule catalogue; a test fails where they differ. Families: BI1xxx configuration and identity, BI2xxx file system, BI3xxx packages, ");
        page.Append("BI4xxx provenance and trust, BI5xxx run time, BI6xxx Dockerfile.\n\n");
        page.Append("| Rule | Demands | Severity | Category | The same elsewhere |\n|---|---|---|---|---|\n");
        foreach (AuditRule rule in catalogue.Rules)
        {
            page.Append(CultureInfo.InvariantCulture, $"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {rule.Severity} | {rule.Category} | {string.Join(", ", rule.Equivalent)} |\n");
        }

        return page.ToString();
    }

    private static string Page(AuditRule rule)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"# {rule.Id}: {rule.Title}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Severity {rule.Severity}, category {rule.Category}.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"## Why\n\n{rule.Rationale}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"## What to do\n\n{rule.Remediation}\n\n");
        page.Append("## Where it is written\n\n");
        foreach (string reference in rule.References)
        {
            page.Append(CultureInfo.InvariantCulture, $"- {reference}\n");
        }

        if (rule.Equivalent.Count > 0)
        {
            page.Append("\n## The same check elsewhere\n\n");
            foreach (string equivalent in rule.Equivalent)
            {
                page.Append(CultureInfo.InvariantCulture, $"- `{equivalent}`\n");
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"\n## To accept a finding for a time\n\n```powershell\nSuppressions = @(@{{ Rule = '{rule.Id}'; Image = 'name*'; Path = '/**'; Reason = 'why'; Owner = 'who'; Until = '2026-12-31' }})\n```\n");
        return page.ToString();
    }
}
