using System.Reflection;
using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>No rule without a test in which it fires and one in which it does not.</summary>
public class RuleListTests
{
    // BI0000 stands for images that could not be read, and is judged by no rule.
    private static readonly string[] Listed = [.. RuleCatalogue.Instance.Rules.Select(rule => rule.Id).Where(id => id != "BI0000")];

    [Fact]
    public void Every_rule_has_a_test_in_which_it_fires() => Assert.Equal([], Listed.Except(Marked<FiresAttribute>(mark => mark.Rules)).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_rule_has_a_test_in_which_it_does_not() => Assert.Equal([], Listed.Except(Marked<QuietAttribute>(mark => mark.Rules)).Order(StringComparer.Ordinal));

    [Fact]
    public void No_test_speaks_of_a_rule_that_is_not_there()
        => Assert.Equal([], Marked<FiresAttribute>(mark => mark.Rules).Concat(Marked<QuietAttribute>(mark => mark.Rules)).Distinct().Except(Listed).Order(StringComparer.Ordinal));

    // A mark on what is no test would prove nothing.
    private static IEnumerable<string> Marked<T>(Func<T, IEnumerable<string>> rules)
        where T : Attribute
        => typeof(RuleListTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute))
            .SelectMany(method => method.GetCustomAttributes<T>())
            .SelectMany(rules);
}
