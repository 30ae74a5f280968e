using System.Management.Automation;
using System.Text;

namespace BaseImage.Terminal.Commands;

/// <summary>Get-Content, for its common parameters, of files.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
[OutputType(typeof(string))]
public sealed class GetContentCommand : PSCmdlet
{
    /// <summary>Files; wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    public string[] Path { get; set; } = [];

    /// <summary>Files as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Literal")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Writes the whole text as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>How many lines from the start.</summary>
    [Parameter]
    [Alias("First", "Head")]
    public long TotalCount { get; set; } = -1;

    /// <summary>How many lines from the end.</summary>
    [Parameter]
    [Alias("Last")]
    public int Tail { get; set; } = -1;

    /// <summary>The encoding; UTF-8 where none is given.</summary>
    [Parameter]
    public string Encoding { get; set; } = "utf8NoBOM";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Encoding encoding = TextFiles.Encoding(Encoding);
        foreach (string file in ParameterSetName == "Literal"
            ? LiteralPath.Select(SessionState.Path.GetUnresolvedProviderPathFromPSPath)
            : Path.SelectMany(path => SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _)))
        {
            try
            {
                if (Raw)
                {
                    WriteObject(File.ReadAllText(file, encoding));
                    continue;
                }

                IEnumerable<string> lines = File.ReadLines(file, encoding);
                lines = Tail >= 0 ? lines.TakeLast(Tail) : lines;
                foreach (string line in TotalCount >= 0 ? lines.Take((int)Math.Min(TotalCount, int.MaxValue)) : lines)
                {
                    WriteObject(line);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(exception, "GetContentReaderError", ErrorCategory.ReadError, file));
            }
        }
    }
}
