using System.Globalization;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>Reads sizes as people write them in policies: <c>24 MiB</c>, <c>1.5 GB</c>, <c>800000</c>.</summary>
internal static class SizeText
{
    private static readonly Dictionary<string, long> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1, ["B"] = 1, ["kB"] = 1_000, ["MB"] = 1_000_000, ["GB"] = 1_000_000_000, ["KiB"] = 1L << 10, ["MiB"] = 1L << 20, ["GiB"] = 1L << 30,
    };

    /// <summary>Reads a size of more than nothing and at most 1024 GiB.</summary>
    /// <param name="text">A number and a unit.</param>
    /// <param name="bytes">The bytes, a fraction of one left out.</param>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string trimmed = text.Trim();
        int end = trimmed.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (!decimal.TryParse(trimmed.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || !Units.TryGetValue(trimmed[end..].Trim(), out long unit) || number <= 0 || number > (decimal)(1L << 40) / unit)
        {
            return false;
        }

        bytes = (long)(number * unit);
        return bytes > 0;
    }
}
