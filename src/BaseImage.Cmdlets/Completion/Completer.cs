using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace BaseImage.Cmdlets;

/// <summary>Completes an argument from a list of words and what each is.</summary>
public abstract class Completer : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        List<(string Word, string Tip)> words;
        try
        {
            words = [.. Words(fakeBoundParameters)];
        }
        catch (Exception)
        {
            // A completion that cannot be made is an empty one: a key press must never print an error.
            return [];
        }

        WildcardPattern pattern = new((wordToComplete ?? "").Trim('\'', '"') + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return from item in words
               where pattern.IsMatch(item.Word)
               orderby item.Word
               select new CompletionResult(Quote(item.Word), item.Word, CompletionResultType.ParameterValue, item.Tip.Length == 0 ? item.Word : item.Tip);
    }

    /// <summary>The words and what each is.</summary>
    /// <param name="bound">The parameters already typed.</param>
    private protected abstract IEnumerable<(string Word, string Tip)> Words(IDictionary bound);

    private static string Quote(string word)
        => word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:+".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>Completes ids of rules.</summary>
public sealed class RuleCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => EngineFactory.Engine.Rules.Rules.Select(rule => (rule.Id, rule.Title));
}

/// <summary>Completes ids of rules on Dockerfiles.</summary>
public sealed class DockerfileRuleCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => EngineFactory.Engine.Rules.Rules.Where(rule => rule.Id.StartsWith("BI6", StringComparison.Ordinal)).Select(rule => (rule.Id, rule.Title));
}

/// <summary>Completes kinds of difference.</summary>
public sealed class DifferenceKindCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => Enum.GetValues<ImageDifferenceKind>().Select(kind => (kind.ToString(), kind is ImageDifferenceKind.Layer or ImageDifferenceKind.History or ImageDifferenceKind.Time or ImageDifferenceKind.Metadata ? "leaves images equivalent" : "makes images different"));
}

/// <summary>Completes names of templates.</summary>
public sealed class TemplateCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => EngineFactory.Engine.Projects.Templates.Select(template => (template.Key, template.Value));
}

/// <summary>Completes the suites that templates are for.</summary>
public sealed class SuiteCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => Definitions.DefinitionValidator.Suites.Select(suite => (suite, "Debian"));
}

/// <summary>Completes platforms.</summary>
public sealed class PlatformCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound)
        => [("linux/amd64", "64-bit x86"), ("linux/arm64", "64-bit ARM")];
}

/// <summary>Completes kinds of statements about images.</summary>
public sealed class PredicateCompleter : Completer
{
    /// <inheritdoc/>
    private protected override IEnumerable<(string Word, string Tip)> Words(IDictionary bound) => PredicateKind.Names.Select(name => (name.Key, name.Value));
}
