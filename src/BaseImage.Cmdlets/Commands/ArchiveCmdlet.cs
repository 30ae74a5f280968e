using System.Collections;
using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that may ask package archives.</summary>
public abstract class ArchiveCmdlet : DefinitionCmdlet
{
    /// <summary>
    /// Where packages come from, instead of every other setting: URLs or folders, for any archive or, in a table, by
    /// archive id.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual object[] Mirror { get; set; } = [];

    /// <summary>Never opens a connection: folders, <c>file:</c> mirrors and the cache alone.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <summary>The request's settings for archives.</summary>
    private protected ArchiveAccess Access(DateTimeOffset? asOf = null) => new()
    {
        Mirrors = [.. Mirror.SelectMany(ReadMirror)],
        Offline = Offline,
        AsOf = asOf,
    };

    private IEnumerable<KeyValuePair<string, string>> ReadMirror(object mirror) => (mirror is PSObject wrapped ? wrapped.BaseObject : mirror) switch
    {
        string text when text.Length > 0 => [new KeyValuePair<string, string>("", Place(text))],
        Uri uri => [new KeyValuePair<string, string>("", uri.ToString())],
        FileSystemInfo folder => [new KeyValuePair<string, string>("", folder.FullName)],
        IDictionary table => table.Keys.Cast<object>()
            .SelectMany(id => Values(table[id]).Select(value => new KeyValuePair<string, string>(id.ToString() ?? "", Place(value))))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal),
        var other => throw new MirrorArgumentInvalidException(other?.ToString() ?? ""),
    };

    private static IEnumerable<string> Values(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        object[] many => many.SelectMany(Values),
        FileSystemInfo folder => [folder.FullName],
        null => throw new MirrorArgumentInvalidException(""),
        var one => [one.ToString() ?? ""],
    };

    private string Place(string text) => text.Contains("://", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        ? text
        : Paths.Full(text);
}
