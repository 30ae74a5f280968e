using System.Globalization;
using System.Management.Automation.Language;
using BaseImage.Documents;

namespace BaseImage.Cmdlets.Data;

/// <summary>Turns the syntax tree of a data file into plain nodes. What is not plain data is refused where it stands.</summary>
internal sealed class SyntaxTreeReader(string path, DataProblems problems)
{
    private const int MaxDepth = 32;
    private int _depth;

    /// <summary>Reads a file's tree: exactly one table.</summary>
    public DataNode? Read(ScriptBlockAst tree)
    {
        NamedBlockAst? body = tree.EndBlock;
        foreach (Ast? extra in new Ast?[] { tree.ParamBlock, tree.BeginBlock, tree.ProcessBlock, tree.DynamicParamBlock }.Concat(body?.Traps ?? Enumerable.Empty<Ast>()))
        {
            if (extra is not null)
            {
                Refuse(extra.Extent, "This is code.", "A data file is one table, @{ … }.");
            }
        }

        if (body is null || body.Statements.Count == 0)
        {
            return null;
        }

        foreach (StatementAst statement in body.Statements.Skip(1))
        {
            Refuse(statement.Extent, "Something stands after the table.", "A data file is one table, @{ … }, and nothing after it.");
        }

        DataNode root = Statement(body.Statements[0]);
        if (root is not (DataTable or DataRefused))
        {
            Refuse(body.Statements[0].Extent, "The file holds no table.", "A data file is one table, @{ … }.");
            return null;
        }

        return root;
    }

    private DataNode Statement(StatementAst statement)
    {
        if (statement is not PipelineAst { PipelineElements: { Count: 1 } elements } pipeline)
        {
            return Refuse(statement.Extent, "This is code, or several commands.", "Write a text in quotes, a number, $true, $false, @( … ) or @{ … }.");
        }

        return elements[0] switch
        {
            CommandAst command => BareWord(command),
            CommandExpressionAst { Expression: { } expression } when pipeline.Extent.EndOffset == expression.Extent.EndOffset => Expression(expression),
            { } other => Refuse(other.Extent, "Something stands after the value.", "Write the value alone."),
        };
    }

    private DataNode Expression(ExpressionAst expression)
    {
        if (++_depth > MaxDepth)
        {
            _depth--;
            return Refuse(expression.Extent, $"Values are nested more than {MaxDepth} deep.", "Nest no deeper than the format asks for.");
        }

        try
        {
            return expression switch
            {
                StringConstantExpressionAst text => new DataScalar(At(text.Extent), text.Value, text.Value),
                HashtableAst table => Table(table),
                ArrayLiteralAst array => new DataList(At(array.Extent), [.. array.Elements.Select(Expression)]),
                ArrayExpressionAst array => Array(array),
                ConstantExpressionAst number => Number(number),
                VariableExpressionAst variable => Variable(variable),
                _ => Code(expression),
            };
        }
        finally
        {
            _depth--;
        }
    }

    private DataTable Table(HashtableAst table)
    {
        List<DataEntry> entries = [];
        foreach ((ExpressionAst key, StatementAst value) in table.KeyValuePairs)
        {
            string? name = key switch
            {
                StringConstantExpressionAst text => text.Value,
                ConstantExpressionAst { Value: int or long } number => number.Extent.Text,
                _ => null,
            };
            if (name is null)
            {
                Refuse(key.Extent, "This key is not a plain text.", "Write the key in single quotes.");
                continue;
            }

            if (value.Extent.StartLineNumber > key.Extent.EndLineNumber && value is PipelineAst { PipelineElements: [CommandAst next, ..] })
            {
                entries.Add(new DataEntry(name, At(key.Extent), Refuse(key.Extent, $"The key '{TableReader.Shown(name)}' has no value.", "Write one after '=', or take the key out.")));

                // PowerShell took the next entry for this one's value: it is there all the same, and not to be missed.
                entries.Add(new DataEntry(next.CommandElements[0].Extent.Text, At(next.Extent), new DataRefused(At(next.Extent))));
                continue;
            }

            entries.Add(new DataEntry(name, At(key.Extent), Statement(value)));
        }

        return new DataTable(At(table.Extent), entries);
    }

    private DataNode Array(ArrayExpressionAst array)
    {
        List<DataNode> items = [];
        foreach (TrapStatementAst trap in array.SubExpression.Traps ?? Enumerable.Empty<TrapStatementAst>())
        {
            Refuse(trap.Extent, "This is code.", "Write values only.");
        }

        foreach (StatementAst statement in array.SubExpression.Statements)
        {
            // As in PowerShell: 'a', 'b' inside @( ) are two items of it, not one array inside another.
            DataNode node = Statement(statement);
            items.AddRange(node is DataList list ? list.Items : [node]);
        }

        return new DataList(At(array.Extent), items);
    }

    private DataNode Number(ConstantExpressionAst number)
    {
        string text = number.Extent.Text;
        bool plain = text.AsSpan(text.StartsWith('-') ? 1 : 0).IndexOfAnyExcept("0123456789.") < 0;
        return (number.Value, plain) switch
        {
            (int value, true) => new DataScalar(At(number.Extent), (long)value, text),
            (long value, true) => new DataScalar(At(number.Extent), value, text),
            (double value, true) when text.Contains('.', StringComparison.Ordinal) => new DataScalar(At(number.Extent), value, text),
            _ => Refuse(number.Extent, $"'{TableReader.Shown(text)}' is not a plain decimal number.", $"Write plain digits, or a text in quotes: '{TableReader.Shown(text)}'."),
        };
    }

    private DataNode Variable(VariableExpressionAst variable)
    {
        string name = variable.VariablePath.UserPath;
        if (!variable.Splatted)
        {
            switch (name.ToLowerInvariant())
            {
                case "true":
                    return new DataScalar(At(variable.Extent), true, variable.Extent.Text);
                case "false":
                    return new DataScalar(At(variable.Extent), false, variable.Extent.Text);
                case "null":
                    return new DataScalar(At(variable.Extent), null, variable.Extent.Text);
                default:
                    break;
            }
        }

        string hint = name.Equals("PSScriptRoot", StringComparison.OrdinalIgnoreCase)
            ? "Paths are taken from the file's own folder: leave it out."
            : "Write the value itself; the only variables are $true, $false and $null.";
        return Refuse(variable.Extent, $"'{TableReader.Shown(variable.Extent.Text)}' is a variable, and no variable is read.", hint);
    }

    private DataRefused BareWord(CommandAst command)
    {
        string text = command.Extent.Text;
        string shown = TableReader.Shown(text.Split('\n')[0].TrimEnd());
        return command.CommandElements[0].Extent.Text.ToLowerInvariant() switch
        {
            "true" or "false" or "null" when command.CommandElements.Count == 1 => Refuse(command.Extent, $"'{shown}' is a bare word.", $"Write ${text.ToLower(CultureInfo.InvariantCulture)}."),
            "yes" or "on" when command.CommandElements.Count == 1 => Refuse(command.Extent, $"'{shown}' is a bare word.", "Write $true."),
            "no" or "off" when command.CommandElements.Count == 1 => Refuse(command.Extent, $"'{shown}' is a bare word.", "Write $false."),
            _ => Refuse(command.Extent, $"'{shown}' is a bare word, which PowerShell takes for a command.", $"Put texts in quotes: '{shown.Replace("'", "''", StringComparison.Ordinal)}'."),
        };
    }

    private DataRefused Code(ExpressionAst expression)
    {
        (string problem, string hint) = expression switch
        {
            ExpandableStringExpressionAst => ("A text in double quotes holds a variable or an expression.", "Use single quotes, in which '$' is a plain character."),
            ScriptBlockExpressionAst => ("'{ … }' is a script block.", "A table begins with '@{'."),
            ConvertExpressionAst or TypeExpressionAst => ("This is a cast.", "Write the value alone, without [type]."),
            ParenExpressionAst => ("A value stands in parentheses.", "Write the value alone, or an array as @( … )."),
            SubExpressionAst => ("'$( … )' is code.", "Write the value itself."),
            BinaryExpressionAst => ("This value would have to be computed.", "Write it out; a text with special characters goes in quotes."),
            _ => ("This value would have to be computed.", "Write a text in quotes, a number, $true, $false, @( … ) or @{ … }."),
        };
        return Refuse(expression.Extent, problem, hint);
    }

    private DataRefused Refuse(IScriptExtent extent, string problem, string hint)
    {
        problems.Add(At(extent), problem, hint);
        return new DataRefused(At(extent));
    }

    private SourcePosition At(IScriptExtent extent) => new(path, extent.StartLineNumber, extent.StartColumnNumber);
}
