using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets about the cache: which of its entries are meant.</summary>
public abstract class CacheCmdlet : AsyncCmdlet
{
    private WildcardPattern[] _patterns = [];

    /// <summary>The entries' names, as they are shown; wildcards. All where none is given.</summary>
    [Parameter(Position = 0, ParameterSetName = "Filter")]
    [ArgumentCompleter(typeof(CacheNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The kinds of entries. All where none is given.</summary>
    [Parameter(ParameterSetName = "Filter")]
    [ValidateNotNullOrEmpty]
    public CacheEntryKind[] Kind { get; set; } = [];

    /// <summary>Entries that no command has used for this long: days, or a number with <c>m</c>, <c>h</c>, <c>d</c> or <c>w</c>.</summary>
    [Parameter(ParameterSetName = "Filter")]
    [AgeTransformation]
    public TimeSpan? UnusedFor { get; set; }

    /// <summary>Entries that came into the cache at least this long ago, used or not: days, or a number with <c>m</c>, <c>h</c>, <c>d</c> or <c>w</c>.</summary>
    [Parameter(ParameterSetName = "Filter")]
    [AgeTransformation]
    public TimeSpan? OlderThan { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
        => _patterns = [.. Name.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];

    /// <summary>True where the parameters mean an entry.</summary>
    private protected bool IsMeant(CacheEntry entry)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return (Kind.Length == 0 || Kind.Contains(entry.Kind))
            && (UnusedFor is not { } unused || now - entry.LastUsed >= unused)
            && (OlderThan is not { } older || now - entry.Created >= older)
            && (_patterns.Length == 0 || Array.Exists(_patterns, pattern => pattern.IsMatch(entry.Name)));
    }
}
