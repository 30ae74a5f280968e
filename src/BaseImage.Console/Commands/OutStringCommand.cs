using System.Management.Automation;
using System.Text;

namespace BaseImage.Terminal.Commands;

/// <summary>Formats objects as the screen would show them, into text.</summary>
public abstract class FormatToTextCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    /// <summary>What the screen would show of the objects received so far.</summary>
    private protected string Text()
    {
        if (GetVariableValue("Host") is not System.Management.Automation.Host.PSHost { UI: { } outer })
        {
            throw new PSInvalidOperationException("There is no screen whose formatting could be taken.");
        }

        TerminalInterface screen = Find(outer);
        screen.BeginCapture();
        try
        {
            InvokeCommand.InvokeScript("param($items) $items | Out-Host", useNewScope: true, System.Management.Automation.Runspaces.PipelineResultTypes.None, null, [_items.ToArray()]);
        }
        finally
        {
            _captured = screen.EndCapture();
        }

        return _captured;
    }

    private string _captured = "";

    // The engine wraps the host's interface; the one inside is ours.
    private static TerminalInterface Find(System.Management.Automation.Host.PSHostUserInterface outer)
        => outer as TerminalInterface
            ?? (TerminalInterface)outer.GetType().GetField("_externalUI", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(outer)!;
}

/// <summary>Out-String, for its common parameters.</summary>
[Cmdlet(VerbsData.Out, "String")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : FormatToTextCommand
{
    /// <summary>Writes line by line.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>Leaves line ends out.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Accepted for scripts' sake; the screen's width is used.</summary>
    [Parameter]
    public int Width { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string text = Text();
        if (Stream)
        {
            foreach (string line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            {
                WriteObject(line);
            }

            return;
        }

        WriteObject(NoNewline ? text.ReplaceLineEndings("") : text);
    }
}

/// <summary>Out-File, for its common parameters; what <c>&gt;</c> uses.</summary>
[Cmdlet(VerbsData.Out, "File", SupportsShouldProcess = true)]
public sealed class OutFileCommand : FormatToTextCommand
{
    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Path", "LiteralPath")]
    public string FilePath { get; set; } = "";

    /// <summary>Adds to the file.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>The encoding; UTF-8 without a mark where none is given.</summary>
    [Parameter(Position = 1)]
    public string Encoding { get; set; } = "utf8NoBOM";

    /// <summary>Refuses to overwrite.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Overwrites a file that is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Leaves line ends out.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Accepted for scripts' sake; the screen's width is used.</summary>
    [Parameter]
    public int Width { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(FilePath);
        if (ShouldProcess(path, "Write"))
        {
            string text = Text();
            TextFiles.Write(this, path, NoNewline ? text.ReplaceLineEndings("") : text, Encoding, Append, NoClobber, Force);
        }
    }
}
