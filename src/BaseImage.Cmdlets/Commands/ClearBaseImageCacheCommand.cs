using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Clear-BaseImageCache: removes what is cached, and never what is in the store.</summary>
[Cmdlet(VerbsCommon.Clear, "BaseImageCache", DefaultParameterSetName = "Filter", SupportsShouldProcess = true)]
[OutputType(typeof(CacheEntry))]
public sealed class ClearBaseImageCacheCommand : CacheCmdlet
{
    private readonly List<string> _paths = [];

    /// <summary>The files of entries, as Get-BaseImageCache gives them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Entry")]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Removes the least recently used entries until the cache has at most this many bytes, for instance <c>2GB</c>.</summary>
    [Parameter(ParameterSetName = "Filter")]
    [ValidateRange(0, long.MaxValue)]
    public long? MaximumSize { get; set; }

    /// <summary>Writes the entries that were removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in ParameterSetName == "Entry" ? Path : [])
        {
            Try(path, () => _paths.Add(Paths.Full(path)));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // All of the pipeline is read before anything is removed: the reader upstream may still be reading the cache.
        if (ParameterSetName == "Filter" || _paths.Count > 0)
        {
            IMaintainCache cache = Engine.CacheMaintenance;
            Run(cache.Folder, work => ClearAsync(cache, work));
        }
    }

    private async Task ClearAsync(IMaintainCache cache, PipelineWork work)
    {
        List<CacheEntry> all = [];
        await foreach (CacheEntry entry in cache.ReadAsync(verify: false, work, work.Stop))
        {
            all.Add(entry);
        }

        long freed = 0;
        int removed = 0, kept = 0;
        foreach (CacheEntry entry in await ChooseAsync(all, work))
        {
            work.Stop.ThrowIfCancellationRequested();
            if (!await work.ShouldProcessAsync($"{entry.Kind} {entry} ({Display.Size(entry.Size)})", "Remove from the cache"))
            {
                continue;
            }

            try
            {
                if (!cache.Remove(entry))
                {
                    kept++;
                    work.Verbose($"{entry.Kind} {entry} is in use and stays.");
                    continue;
                }
            }
            catch (Errors.BaseImageException failure)
            {
                await work.WriteErrorAsync(failure, entry);
                continue;
            }

            removed++;
            freed += entry.Size;
            if (PassThru)
            {
                await work.WriteAsync(entry);
            }
        }

        work.Verbose($"{cache.Folder}: {removed} entries removed, {Display.Size(freed)} freed, {kept} in use.");
    }

    private async Task<IReadOnlyList<CacheEntry>> ChooseAsync(List<CacheEntry> all, PipelineWork work)
    {
        if (ParameterSetName == "Filter")
        {
            IEnumerable<CacheEntry> meant = all.Where(IsMeant);
            return MaximumSize is { } size ? CacheShrinking.Choose(all, meant, size) : [.. meant];
        }

        Dictionary<string, CacheEntry> byPath = all.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
        List<CacheEntry> chosen = [];
        foreach (string path in _paths.Distinct(StringComparer.Ordinal))
        {
            if (byPath.TryGetValue(path, out CacheEntry? entry))
            {
                chosen.Add(entry);
            }
            else if (!IsGone(path))
            {
                await work.WriteErrorAsync(new Errors.CacheEntryUnknownException(path, Engine.CacheMaintenance.Folder), path);
            }
        }

        return chosen;
    }

    // What went between listing and clearing is what was wanted.
    private bool IsGone(string path)
        => !System.IO.Path.Exists(path) && path.StartsWith(Engine.CacheMaintenance.Folder + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
