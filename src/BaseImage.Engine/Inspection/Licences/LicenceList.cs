namespace BaseImage.Engine.Inspection.Licences;

/// <summary>The identifiers of the SPDX licence list and of its exceptions, in the writing that the list has.</summary>
internal static class LicenceList
{
    /// <summary>The list's version, as documents name it.</summary>
    internal const string Version = "3.29";

    private static readonly Lazy<(Dictionary<string, string> Licences, Dictionary<string, string> Exceptions)> s_lists = new(Read);

    /// <summary>A licence's identifier in the list's own writing; null where the list has no such one. Case does not matter (SPDX 2.3, annex D.2).</summary>
    internal static string? Licence(string id) => s_lists.Value.Licences.GetValueOrDefault(id);

    /// <summary>An exception's identifier in the list's own writing; null where the list has no such one.</summary>
    internal static string? Exception(string id) => s_lists.Value.Exceptions.GetValueOrDefault(id);

    private static (Dictionary<string, string> Licences, Dictionary<string, string> Exceptions) Read()
    {
        using Stream stream = typeof(LicenceList).Assembly.GetManifestResourceStream("spdx-licences.txt")!;
        using StreamReader reader = new(stream);
        Dictionary<string, string> licences = new(StringComparer.OrdinalIgnoreCase), exceptions = new(StringComparer.OrdinalIgnoreCase), current = licences;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                current = exceptions;
            }
            else if (line[0] != '#')
            {
                current[line] = line;
            }
        }

        return (licences, exceptions);
    }
}
