using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace BaseImage.Terminal.Commands;

/// <summary>Export-Csv, for its common parameters.</summary>
[Cmdlet(VerbsData.Export, "Csv", SupportsShouldProcess = true)]
public sealed class ExportCsvCommand : PSCmdlet
{
    private readonly StringBuilder _text = new();
    private string[]? _columns;

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "PSPath")]
    public string Path { get; set; } = "";

    /// <summary>What separates cells.</summary>
    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = ',';

    /// <summary>Adds to the file.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Refuses to overwrite.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Overwrites a file that is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The encoding; UTF-8 without a mark where none is given.</summary>
    [Parameter]
    public string Encoding { get; set; } = "utf8NoBOM";

    /// <summary>Accepted for scripts' sake: there is no type line.</summary>
    [Parameter]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    /// <summary>When cells are quoted: Always, AsNeeded or Never.</summary>
    [Parameter]
    [ValidateSet("Always", "AsNeeded", "Never")]
    public string UseQuotes { get; set; } = "Always";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_columns is null)
        {
            _columns = [.. InputObject.Properties.Where(property => property.IsGettable).Select(property => property.Name)];
            string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
            if (!Append || !File.Exists(full) || new FileInfo(full).Length == 0)
            {
                AppendRow(_columns);
            }
        }

        AppendRow(_columns.Select(column => Text(InputObject.Properties[column])));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        if (ShouldProcess(full, "Write"))
        {
            TextFiles.Write(this, full, _text.ToString(), Encoding, Append, NoClobber, Force);
        }
    }

    private static string Text(PSPropertyInfo? property)
    {
        object? value;
        try
        {
            value = property?.Value;
        }
        catch (GetValueException)
        {
            value = null;
        }

        return (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null => "",
            DateTime or DateTimeOffset => LanguagePrimitives.ConvertTo<string>(value),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            var other => other.ToString() ?? "",
        };
    }

    private void AppendRow(IEnumerable<string> cells)
    {
        _text.AppendJoin(Delimiter, cells.Select(Quote)).Append(Environment.NewLine);
    }

    private string Quote(string cell)
    {
        bool needed = cell.AsSpan().IndexOfAny("\"\r\n") >= 0 || cell.Contains(Delimiter, StringComparison.Ordinal);
        return UseQuotes == "Never" || UseQuotes == "AsNeeded" && !needed ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
