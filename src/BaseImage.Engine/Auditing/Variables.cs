namespace BaseImage.Engine.Auditing;

/// <summary>The environment that a configuration sets.</summary>
internal static class Variables
{
    /// <summary>What programs are looked for in where the image sets no PATH: the default of runc and of Docker.</summary>
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Every variable once, the last word counting, as runtimes have it; what has no '=' is left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(ImageConfig config)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string variable in config.Env)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables[variable[..equals]] = variable[(equals + 1)..];
            }
        }

        return variables;
    }

    /// <summary>The variables that a test accepts, in ordinal order.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Where(ImageConfig config, Func<string, string, bool> test)
        => Of(config).Where(pair => test(pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>True for what people write to switch something on.</summary>
    public static bool IsOn(string value) => value.Trim().ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON" or "Y" or "T" or "ENABLED";

    /// <summary>True for what people write to switch something off.</summary>
    public static bool IsOff(string value) => value.Trim().ToUpperInvariant() is "0" or "FALSE" or "NO" or "OFF" or "N" or "F" or "DISABLED" or "NEVER";

    /// <summary>The elements of a list of folders that depend on the working folder: empty ones and relative ones.</summary>
    public static IEnumerable<string> RelativeElements(string list)
        => list.Length == 0 ? [] : list.Split(':').Where(element => !element.StartsWith('/') && !element.StartsWith('$') && !element.StartsWith('~')).Distinct(StringComparer.Ordinal);
}
