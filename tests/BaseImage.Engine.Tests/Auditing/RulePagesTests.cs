using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Tests.Auditing;

public class RulePagesTests
{
    /// <summary>With BASEIMAGE_UPDATE_DOCS=1 the pages are written instead of compared.</summary>
    [Fact]
    public void The_documentation_is_what_the_catalogue_says()
    {
        string folder = Path.Combine(Tools.Root(), "docs", "rules");
        IReadOnlyDictionary<string, string> pages = RulePages.Write(RuleCatalogue.Instance);
        if (Environment.GetEnvironmentVariable("BASEIMAGE_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(folder);
            Array.ForEach(Directory.GetFiles(folder), File.Delete);
            foreach ((string name, string text) in pages)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
            }
        }

        Assert.Equal(pages.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(pages, page => Assert.Equal(page.Value, File.ReadAllText(Path.Combine(folder, page.Key)).ReplaceLineEndings("\n")));
    }

    [Fact]
    public void Every_rule_is_described()
    {
        IReadOnlyList<AuditRule> rules = RuleCatalogue.Instance.Rules;
        Assert.True(rules.Count >= 22);
        Assert.All(rules, rule => Assert.Matches("^BI[0-9]{4}$", rule.Id));
        Assert.All(rules, rule =>
        {
            Assert.True(rule.Title.Length is > 5 and < 60);
            Assert.True(rule.Rationale.Length > 80);
            Assert.True(rule.Remediation.Length > 20);
            Assert.NotEmpty(rule.References);
            Assert.All(rule.Equivalent, equivalent => Assert.Matches("^[a-z-]+:[A-Za-z0-9.-]+$", equivalent));
        });
    }
}
