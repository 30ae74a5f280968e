namespace BaseImage;

/// <summary>The kinds of statement that the module itself makes, and their short names.</summary>
public static class PredicateKind
{
    /// <summary>How an image was built. Source: SLSA provenance 1.0.</summary>
    public const string Provenance = "https://slsa.dev/provenance/v1";

    /// <summary>What is inside, in SPDX. Source: in-toto attestation framework, predicate "SPDX".</summary>
    public const string Spdx = "https://spdx.dev/Document";

    /// <summary>What is inside, in CycloneDX. Source: in-toto attestation framework, predicate "CycloneDX".</summary>
    public const string CycloneDx = "https://cyclonedx.org/bom";

    /// <summary>The short names and what they stand for.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["CycloneDx"] = CycloneDx,
        ["Provenance"] = Provenance,
        ["Spdx"] = Spdx,
    };

    /// <summary>What a short name stands for; any other text as it is.</summary>
    public static string Resolve(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Names.TryGetValue(text, out string? kind) ? kind : text;
    }
}
