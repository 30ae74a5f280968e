using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace BaseImage.Terminal.Commands;

/// <summary>A property as the object cmdlets take it: a name with wildcards, a script block, or a table of Name and Expression.</summary>
internal sealed class PropertyExpression
{
    private readonly PSPropertyExpression _expression;
    private readonly string? _name;

    private PropertyExpression(PSPropertyExpression expression, string? name, bool? descending)
        => (_expression, _name, Descending) = (expression, name, descending);

    /// <summary>The order that a table asks for; null where it says nothing.</summary>
    internal bool? Descending { get; }

    internal string Text => _name ?? _expression.ToString();

    internal static PropertyExpression Parse(object value)
    {
        object bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (bare)
        {
            case ScriptBlock block:
                return new PropertyExpression(new PSPropertyExpression(block), null, null);
            case IDictionary table:
                (object? expression, string? name, bool? descending) = (null, null, null);
                foreach (DictionaryEntry entry in table)
                {
                    string key = entry.Key.ToString()!.ToLowerInvariant();
                    object? content = entry.Value is PSObject inner ? inner.BaseObject : entry.Value;
                    switch (key)
                    {
                        case "n" or "name" or "l" or "label":
                            name = content?.ToString();
                            break;
                        case "e" or "expression":
                            expression = content;
                            break;
                        case "descending":
                            descending = LanguagePrimitives.IsTrue(content);
                            break;
                        case "ascending":
                            descending = !LanguagePrimitives.IsTrue(content);
                            break;
                        default:
                            throw new PSArgumentException($"'{entry.Key}' is not a key of a calculated property: use Name and Expression.");
                    }
                }

                return expression is ScriptBlock code ? new PropertyExpression(new PSPropertyExpression(code), name, descending)
                    : expression is not null ? new PropertyExpression(new PSPropertyExpression(expression.ToString()), name, descending)
                    : throw new PSArgumentException("A calculated property needs an Expression.");
            default:
                return new PropertyExpression(new PSPropertyExpression(bare.ToString()), null, null);
        }
    }

    /// <summary>The properties it stands for on an object: names and values; a name that the object lacks gives null.</summary>
    internal IEnumerable<(string Name, object? Value)> Resolve(PSObject target)
    {
        List<PSPropertyExpression> resolved = _expression.HasWildCardCharacters ? [.. _expression.ResolveNames(target)] : [_expression];
        foreach (PSPropertyExpression one in resolved)
        {
            yield return (_name ?? one.ToString(), Value(one, target));
        }
    }

    internal object? Evaluate(PSObject target) => Resolve(target).Select(pair => pair.Value).FirstOrDefault();

    private static object? Value(PSPropertyExpression expression, PSObject target)
    {
        List<PSPropertyExpressionResult> results = expression.GetValues(target);
        return results.Count == 0 || results[0].Exception is not null ? null : results[0].Result;
    }
}
