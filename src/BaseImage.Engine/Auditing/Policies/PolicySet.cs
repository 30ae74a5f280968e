using BaseImage.Documents;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>
/// A policy file and all that it extends: layers laid over one another, some for certain images only. What holds for an
/// image is every layer that speaks of it, the extending file's over the extended one's, and of one file first what holds
/// for every image.
/// </summary>
internal sealed class PolicySet
{
    private readonly IReadOnlyList<PolicyLayer> _layers;
    private readonly Func<DataTable?, AuditPolicy> _parse;
    private readonly Dictionary<string, AuditPolicy> _parsed = new(StringComparer.Ordinal);
    private readonly object _gate = new();

    /// <summary>Makes a set of layers, the lowest first.</summary>
    public PolicySet(IReadOnlyList<PolicyLayer> layers, Func<DataTable?, AuditPolicy> parse) => (_layers, _parse) = (layers, parse);

    /// <summary>No decisions.</summary>
    public static PolicySet None { get; } = new([], _ => AuditPolicy.None);

    /// <summary>What holds for images that no override names.</summary>
    public AuditPolicy General => Of(layer => layer.Image is null);

    /// <summary>What holds for an image.</summary>
    /// <param name="name">Its name without tag and digest.</param>
    /// <param name="reference">Its reference.</param>
    public AuditPolicy For(string name, string reference)
        => Of(layer => layer.Image is null || Wildcard.IsMatch(layer.Image, name) || Wildcard.IsMatch(layer.Image, reference));

    /// <summary>
    /// The same for two sets of files that decide the same on the day of <paramref name="now"/>, comments and notation and
    /// splitting by Extends not counted: results that were kept under it may be used again.
    /// </summary>
    public Digest Identity(DateTimeOffset now)
    {
        string[] images = [.. _layers.Select(layer => layer.Image).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        JObject model = new()
        {
            ["general"] = General.ToModel(now),

            // Overrides apply in their order, one at a time or several together: each layer counts with its image.
            ["images"] = new JArray(images.Length == 0 ? [] : _layers.Select(layer => new JObject
            {
                ["image"] = layer.Image?.ToUpperInvariant(),
                ["settings"] = _parse(layer.Table).ToModel(now),
            })),
        };
        return Digest.Of(CanonicalJson.WriteCompact(model));
    }

    private AuditPolicy Of(Func<PolicyLayer, bool> holds)
    {
        bool[] chosen = [.. _layers.Select(holds)];
        string key = string.Concat(chosen.Select(one => one ? '1' : '0'));
        lock (_gate)
        {
            if (!_parsed.TryGetValue(key, out AuditPolicy? policy))
            {
                DataTable? merged = null;
                foreach (PolicyLayer layer in _layers.Where((_, i) => chosen[i]))
                {
                    merged = merged is null ? layer.Table : PolicyMerge.Over(merged, layer.Table);
                }

                policy = _parsed[key] = _parse(merged);
            }

            return policy;
        }
    }
}

/// <summary>Settings that hold together.</summary>
/// <param name="Image">A wildcard over images; null for every one.</param>
/// <param name="Table">The settings.</param>
internal sealed record PolicyLayer(string? Image, DataTable Table);
