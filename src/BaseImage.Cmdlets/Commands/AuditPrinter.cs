using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace BaseImage.Cmdlets;

/// <summary>
/// Writes audit results. A variable, a file or another command gets every result; a screen gets those that matter, worst
/// first, and one line that counts the rest (docs/decisions/0005).
/// </summary>
internal sealed class AuditPrinter
{
    private readonly PSCmdlet _cmdlet;
    private readonly bool _shorten;

    /// <summary>Makes a printer for a cmdlet's output.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="shorten">False where the user chose what to see.</param>
    internal AuditPrinter(PSCmdlet cmdlet, bool shorten = true)
        => (_cmdlet, _shorten) = (cmdlet, shorten && GoesToScreen(cmdlet));

    /// <summary>The results of one or more images in the order of writing, each image's worst first.</summary>
    internal IEnumerable<object> Arrange(IEnumerable<AuditResult> results)
    {
        foreach (IGrouping<(string, Platform?), AuditResult> image in results.GroupBy(result => (result.Image, result.Platform)))
        {
            List<AuditResult> ordered = [.. image
                .OrderBy(result => Rank(result.Status))
                .ThenByDescending(result => result.Severity)
                .ThenBy(result => result.RuleId, StringComparer.Ordinal)];
            foreach (AuditResult result in ordered.Where(result => !_shorten || Rank(result.Status) < Rank(AuditStatus.Skipped)))
            {
                yield return result;
            }

            if (_shorten)
            {
                yield return Summary(image.Key.Item1, image.Key.Item2, ordered);
            }
        }
    }

    /// <summary>Writes results of any images.</summary>
    internal void WriteAll(IEnumerable<AuditResult> results)
    {
        foreach (object output in Arrange(results))
        {
            _cmdlet.WriteObject(output);
        }
    }

    private static int Rank(AuditStatus status) => status switch
    {
        AuditStatus.Error => 0,
        AuditStatus.Fail => 1,
        AuditStatus.Suppressed => 2,
        AuditStatus.Skipped => 3,
        _ => 4,
    };

    private static string Summary(string image, Platform? platform, List<AuditResult> results)
    {
        int Count(AuditStatus status) => results.Count(result => result.Status == status);
        string failed = results.Exists(result => result.Status is AuditStatus.Fail or AuditStatus.Error)
            ? $"{Count(AuditStatus.Fail)} failed, {Count(AuditStatus.Error)} could not be evaluated, "
            : "";
        return $"{Display.Safe(image)}{(platform is null ? "" : $" ({platform})")}: {Count(AuditStatus.Pass)} of {results.Count} rules passed, {failed}"
            + $"{Count(AuditStatus.Suppressed)} suppressed, {Count(AuditStatus.Skipped)} skipped. -Status Pass shows them.";
    }

    // PowerShell has no public way to ask who reads the output. Where its internals differ, nothing is left out.
    private static bool GoesToScreen(PSCmdlet cmdlet)
    {
        IDictionary bound = cmdlet.MyInvocation.BoundParameters;
        if (bound.Contains("OutVariable") || bound.Contains("PipelineVariable"))
        {
            return false;
        }

        object? reader = Get(Get(Get(cmdlet.CommandRuntime, "OutputPipe"), "DownstreamCmdlet"), "Command");
        return reader?.GetType().Name is "OutDefaultCommand" or "OutHostCommand";
    }

    private static object? Get(object? target, string property)
        => target?.GetType().GetProperty(property, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(target);
}
