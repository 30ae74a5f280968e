using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Tells who gives a path where rules are expected what to write: no file is run behind a parameter.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RuleTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
        => Texts(inputData).FirstOrDefault() is { } text
            ? throw new ArgumentTransformationMetadataException($"'{text}' is a text, not a rule. Rules are made by New-BaseImageRule; run the file that makes them: -CustomRule (& ./rules.ps1).")
            : inputData;

    private static IEnumerable<string> Texts(object? input) => input switch
    {
        string text => [text],
        PSObject { BaseObject: string text } => [text],
        FileInfo file => [file.FullName],
        object[] items => items.SelectMany(Texts),
        _ => [],
    };
}
