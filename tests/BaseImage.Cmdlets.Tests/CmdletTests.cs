using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Reflection;

namespace BaseImage.Cmdlets.Tests;

/// <summary>What holds for every cmdlet.</summary>
public sealed class CmdletTests
{
    private static readonly HashSet<string> ApprovedVerbs = new(
        typeof(PSCmdlet).Assembly.GetTypes()
            .Where(type => type.Name.StartsWith("Verbs", StringComparison.Ordinal) && type.IsAbstract && type.IsSealed)
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!),
        StringComparer.Ordinal);

    private static CmdletInfo[] Cmdlets(Shell shell) => [.. shell.Run("Get-Command -Module BaseImage").Select(command => (CmdletInfo)command.BaseObject)];

    [Fact]
    public void The_manifest_exports_every_cmdlet_and_no_other()
    {
        using Shell shell = new();
        CmdletInfo[] cmdlets = Cmdlets(shell);
        string[] compiled = [.. cmdlets[0].ImplementingType.Assembly.GetExportedTypes()
            .Select(type => type.GetCustomAttribute<CmdletAttribute>())
            .OfType<CmdletAttribute>()
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}")
            .Order(StringComparer.Ordinal)];
        Assert.Equal(compiled, cmdlets.Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_are_approved_and_outputs_declared()
    {
        using Shell shell = new();
        foreach (CmdletInfo cmdlet in Cmdlets(shell))
        {
            Assert.Contains(cmdlet.Verb, ApprovedVerbs);
            Assert.StartsWith("BaseImage", cmdlet.Noun, StringComparison.Ordinal);
            Assert.False(cmdlet.Noun.EndsWith('s'), $"{cmdlet.Name} has a plural noun.");
            Assert.NotEmpty(cmdlet.OutputType);
        }
    }

    [Fact]
    public void What_changes_something_asks_first()
    {
        using Shell shell = new();
        string[] asking = [.. Cmdlets(shell).Where(cmdlet => cmdlet.Parameters.ContainsKey("WhatIf")).Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["Add-BaseImageAttestation", "Add-BaseImageSignature", "Add-BaseImageSuppression", "Build-BaseImage", "Clear-BaseImageCache", "Copy-BaseImage", "Export-BaseImageReport", "Export-BaseImageSbom", "New-BaseImageProject", "Optimize-BaseImage", "Publish-BaseImage", "Save-BaseImagePackage", "Test-BaseImage", "Update-BaseImageDockerfile", "Update-BaseImageLock"], asking);
    }

    [Fact]
    public void Every_cmdlet_has_help_with_examples_and_text_for_each_parameter()
    {
        using Shell shell = new();
        foreach (CmdletInfo cmdlet in Cmdlets(shell))
        {
            PSObject help = Assert.Single(shell.Run($"Get-Help {cmdlet.Name} -Full"));
            Assert.DoesNotContain("[-", (string)help.Properties["Synopsis"].Value, StringComparison.Ordinal);
            PSObject examples = (PSObject)help.Properties["examples"].Value;
            Assert.True(((Array)examples.Properties["example"].Value).Length >= 2, $"{cmdlet.Name} has fewer than two examples.");
            Assert.NotEmpty(shell.Run($"Get-Help {cmdlet.Name} -Examples"));
            foreach (string parameter in cmdlet.Parameters.Keys.Where(name => !Cmdlet.CommonParameters.Contains(name) && !Cmdlet.OptionalCommonParameters.Contains(name)))
            {
                PSObject text = Assert.Single(shell.Run($"Get-Help {cmdlet.Name} -Parameter {parameter}"));
                Assert.NotNull(text.Properties["description"]?.Value);
            }
        }
    }

    [Fact]
    public void Arguments_are_completed()
    {
        using Shell shell = new();
        Assert.Contains("BI1001", Complete(shell, "Get-BaseImageRule BI1"));
        Assert.Contains("BI1001", Complete(shell, "Test-BaseImage x -Rule BI1"));
        Assert.Contains("linux/arm64", Complete(shell, "Build-BaseImage . -Platform linux/"));
        Assert.Contains("static", Complete(shell, "New-BaseImageProject x -Template st"));
        Assert.Contains("Zstd", Complete(shell, "Build-BaseImage . -Compression Z"));
    }

    [Theory]
    [InlineData("Get-BaseImageDefinition ./does-not-exist", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-BaseImageLock ./does-not-exist", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Build-BaseImage ./does-not-exist", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-BaseImageDefinition nodrive:/x", "PathUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("Get-BaseImageDefinition env:/x", "PathNotOnDisk", ErrorCategory.NotImplemented)]
    [InlineData("Get-BaseImageFile 'oci:'", "ImageReferenceInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("Get-BaseImageRule BI9999", "AuditRuleUnknown", ErrorCategory.ObjectNotFound)]
    public void A_mistake_is_one_record_that_says_what_to_do(string script, string id, ErrorCategory category)
    {
        using Shell shell = new();
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = shell.Try(script);
        Assert.Empty(output);
        ErrorRecord error = Assert.Single(errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotNull(error.TargetObject);
        Assert.False(string.IsNullOrEmpty(error.ErrorDetails.RecommendedAction));
    }

    [Fact]
    public void A_relative_path_starts_at_the_sessions_location_and_not_the_processs()
    {
        using Shell shell = new();
        string folder = Directory.CreateTempSubdirectory("baseimage-").FullName;
        try
        {
            using PowerShell pipeline = shell.Create($"$ExecutionContext.SessionState.Path.SetLocation('{folder}') > $null; Get-BaseImageDefinition ./x.image.psd1");
            pipeline.Invoke();
            Assert.Equal(Path.Combine(folder, "x.image.psd1"), pipeline.Streams.Error[^1].TargetObject);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Complete(Shell shell, string line)
    {
        using PowerShell pipeline = shell.Create($"[System.Management.Automation.CommandCompletion]::CompleteInput('{line}', {line.Length}, $null).CompletionMatches.CompletionText");
        Collection<PSObject> words = pipeline.Invoke();
        return [.. words.Select(word => word.ToString())];
    }
}
