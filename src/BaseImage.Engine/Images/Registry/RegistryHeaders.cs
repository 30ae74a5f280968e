using System.Globalization;

namespace BaseImage.Engine.Images.Registry;

/// <summary>The fields of answers that the distribution protocol gives a meaning.</summary>
internal static class RegistryHeaders
{
    /// <summary>
    /// The target of the first link with <c>rel=next</c>; null for none. Source: RFC 8288, section 3; OCI Distribution
    /// Specification 1.1, "Listing Tags".
    /// </summary>
    /// <param name="fields">The Link fields.</param>
    internal static string? NextLink(IEnumerable<string> fields)
    {
        foreach (string field in fields)
        {
            int at = 0;
            while (at < field.Length)
            {
                int open = field.IndexOf('<', at);
                int close = open < 0 ? -1 : field.IndexOf('>', open);
                if (close < 0)
                {
                    break;
                }

                int next = EndOfLink(field, close + 1);
                if (HasNext(field[(close + 1)..next]))
                {
                    return field[(open + 1)..close].Trim();
                }

                at = next + 1;
            }
        }

        return null;
    }

    /// <summary>
    /// How many bytes of an upload a registry has, of its Range field (<c>0-1023</c>, both ends counted; <c>bytes=0-1023</c> of
    /// some); null where it is none. Source: OCI Distribution Specification 1.1, "Pushing a blob in chunks".
    /// </summary>
    internal static long? UploadedBytes(string range)
    {
        string text = range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) ? range[6..] : range;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash == 1 && text[0] == '0' && long.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out long last) && last < long.MaxValue ? last + 1 : null;
    }

    private static int EndOfLink(string field, int at)
    {
        bool quoted = false;
        for (; at < field.Length; at++)
        {
            char c = field[at];
            if (quoted && c == '\\')
            {
                at++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                break;
            }
        }

        return Math.Min(at, field.Length);
    }

    private static bool HasNext(string parameters)
    {
        foreach (string parameter in parameters.Split(';'))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && parameter.AsSpan(0, equals).Trim().Equals("rel", StringComparison.OrdinalIgnoreCase))
            {
                return parameter[(equals + 1)..].Trim().Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
