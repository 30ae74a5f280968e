using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Rules that are script blocks: they run on the pipeline thread, and what goes wrong in them is theirs alone.</summary>
internal static class ScriptCheck
{
    /// <summary>What a rule of a script block does.</summary>
    internal static RuleCheck Of(ScriptBlock script, bool needsFiles) => new(script.ToString().Trim(), needsFiles, image => Run(script, image));

    /// <summary>Ends the cmdlet where rules cannot be used together.</summary>
    internal static void Demand(PSCmdlet cmdlet, IReadOnlyList<AuditRule> rules)
    {
        try
        {
            CustomRuleId.Check(rules);
        }
        catch (CustomRuleInvalidException exception)
        {
            cmdlet.ThrowTerminatingError(ErrorMap.ToRecord(exception, exception.Target));
        }
    }

    /// <summary>A rule whose script runs on the pipeline thread of some work.</summary>
    internal static CustomRule On(AuditRule rule, PipelineWork work) => new(rule, async (image, _) =>
    {
        (IReadOnlyList<CustomFinding>? found, Exception? failure) = await work.AskAsync(_ => Attempt(rule, image));
        return found ?? throw failure!;
    });

    // A script that breaks, exits or throws must not take the audit along; only a pipeline that is stopped does.
    private static (IReadOnlyList<CustomFinding>? Found, Exception? Failure) Attempt(AuditRule rule, AuditedImage image)
    {
        try
        {
            return (rule.Check!.Evaluate(image), null);
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            string message = exception is RuntimeException { ErrorRecord: { } record } ? record.ToString() : exception.Message;
            return (null, new InvalidOperationException(string.IsNullOrWhiteSpace(message) ? exception.GetType().Name : message, exception));
        }
    }

    // An error that does not end a script would leave a rule that looked at nothing with a Pass: each one ends it here.
    private static IReadOnlyList<CustomFinding> Run(ScriptBlock script, AuditedImage image)
    {
        List<PSVariable> variables = [new("_", image), new("ErrorActionPreference", ActionPreference.Stop)];
        Collection<PSObject> output = script.InvokeWithContext(null, variables);
        return [.. output.Where(item => item is not null).Select(item => Finding(item, image))];
    }

    private static CustomFinding Finding(PSObject item, AuditedImage image) => item.BaseObject switch
    {
        string text => new CustomFinding(text),
        CustomFinding finding => finding,
        AuditFinding finding => new CustomFinding(finding.Message, finding.Path, finding.Severity, finding.Line),
        ImageFile file => new CustomFinding(string.Create(CultureInfo.InvariantCulture, $"{file.Permissions} {file.Uid}:{file.Gid}{(file.Package.Length > 0 ? $" from {file.Package}" : "")}"), file.Path),
        ImagePackage package => new CustomFinding(package.ToString()),
        IDictionary table => Described(key => table.Keys.Cast<object>().FirstOrDefault(other => key.Equals(other as string, StringComparison.OrdinalIgnoreCase)) is { } name ? table[name] : null),
        _ when item.Properties["Message"] is not null => Described(key => item.Properties[key]?.Value),
        { } other => throw new InvalidOperationException($"The rule returned a {other.GetType().Name}, which is no finding: return texts, files, packages, or objects with Message and, where they say something, Path, Line and Severity."),
    };

    private static CustomFinding Described(Func<string, object?> value)
    {
        string message = Text(value("Message"));
        return message.Length == 0
            ? throw new InvalidOperationException("The rule returned a finding without a Message.")
            : new CustomFinding(
                message,
                Text(value("Path")),
                value("Severity") is { } severity ? LanguagePrimitives.ConvertTo<Severity>(severity) : null,
                value("Line") is { } line ? LanguagePrimitives.ConvertTo<int>(line) : 0);
    }

    private static string Text(object? value) => value is null ? "" : LanguagePrimitives.ConvertTo<string>(value);
}
