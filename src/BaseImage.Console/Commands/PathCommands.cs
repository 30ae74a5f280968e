using System.Management.Automation;

namespace BaseImage.Terminal.Commands;

/// <summary>Join-Path, for its common parameters.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
[OutputType(typeof(string))]
public sealed class JoinPathCommand : PSCmdlet
{
    /// <summary>The first part.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>The part after it.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [AllowEmptyString]
    public string[] ChildPath { get; set; } = [];

    /// <summary>Further parts.</summary>
    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    public string[] AdditionalChildPath { get; set; } = [];

    /// <summary>Writes the full paths of what exists.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            string joined = ChildPath.Concat(AdditionalChildPath).Aggregate(path, (left, right) => SessionState.Path.Combine(left, right));
            if (Resolve)
            {
                WriteObject(SessionState.Path.GetResolvedPSPathFromPSPath(joined).Select(found => found.ProviderPath), enumerateCollection: true);
            }
            else
            {
                WriteObject(joined);
            }
        }
    }
}

/// <summary>Test-Path, for its common parameters.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : PSCmdlet
{
    /// <summary>Paths; wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [AllowEmptyString]
    [AllowNull]
    public string?[] Path { get; set; } = [];

    /// <summary>Paths as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Literal")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Any, Container or Leaf.</summary>
    [Parameter]
    [ValidateSet("Any", "Container", "Leaf")]
    public string PathType { get; set; } = "Any";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "Literal";
        foreach (string? path in literal ? LiteralPath : Path)
        {
            WriteObject(!string.IsNullOrEmpty(path) && Exists(path, literal));
        }
    }

    private bool Exists(string path, bool literal)
    {
        try
        {
            return PathType == "Container" ? InvokeProvider.Item.IsContainer(path)
                : InvokeProvider.Item.Exists(path, force: true, literalPath: literal) && (PathType == "Any" || !InvokeProvider.Item.IsContainer(path));
        }
        catch (Exception exception) when (exception is SessionStateException or ProviderInvocationException)
        {
            return false;
        }
    }
}
