using System.Buffers;

namespace BaseImage;

/// <summary>The grammar of repository names, tags and the names inside layouts. Each check gives null, or what is wrong.</summary>
internal static class ReferenceNames
{
    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly SearchValues<char> LayoutCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:@+/");

    /// <summary>
    /// A repository's name. Source: OCI Distribution Specification 1.1, "Pulling manifests": lower-case letters and
    /// digits, separated by one of <c>. _ __</c> or hyphens, in parts separated by <c>/</c>; before the first part a host may stand.
    /// </summary>
    internal static string? CheckRepository(string name, bool allowHost)
    {
        if (name.Length is 0 or > 255)
        {
            return name.Length == 0 ? "the name is empty" : "the name is longer than 255 characters";
        }

        string[] parts = name.Split('/');
        int first = allowHost && parts.Length > 1 && IsHost(parts[0]) ? 1 : 0;
        foreach (string part in parts.AsSpan(first))
        {
            if (!IsPart(part))
            {
                return part.Length == 0 ? "the name has an empty part"
                    : $"'{part}' is not a part of an image's name (lower-case letters and digits, separated by '.', '_' or '-')";
            }
        }

        return null;
    }

    /// <summary>A tag; empty for none. Source: OCI Distribution Specification 1.1, "Pulling manifests".</summary>
    internal static string? CheckTag(string tag) => tag.Length == 0 ? null
        : tag.Length > 128 ? "the tag is longer than 128 characters"
        : tag.AsSpan().IndexOfAnyExcept(TagCharacters) >= 0 || tag[0] is '.' or '-' ? $"'{tag}' is not a tag (letters, digits, '_', '.', '-'; not '.' or '-' first)"
        : null;

    /// <summary>
    /// A name in a layout's index; empty for none. Source: OCI Image Specification 1.1, annotations.md,
    /// <c>org.opencontainers.image.ref.name</c>.
    /// </summary>
    internal static string? CheckLayoutName(string name) => name.Length == 0 ? null
        : name.Length > 512 ? "the reference name is longer than 512 characters"
        : name.AsSpan().IndexOfAnyExcept(LayoutCharacters) >= 0 || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1])
            ? $"'{name}' is not a reference name (letters, digits and - . _ : @ + /; a letter or digit first and last)"
        : null;

    private static bool IsHost(string part)
    {
        if (part == "localhost")
        {
            return true;
        }

        int colon = part.LastIndexOf(':');
        string host = colon < 0 ? part : part[..colon];
        bool port = colon >= 0 && part.Length - colon is > 1 and <= 6 && part.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0;
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']' && host.AsSpan(1, host.Length - 2).IndexOfAnyExcept("0123456789abcdefABCDEF:.") < 0;
        bool named = host.Length > 0 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') && char.IsAsciiLetterOrDigit(host[0]);
        return (bracketed || named) && (colon < 0 || port || bracketed && part[^1] == ']') && (port || bracketed || host.Contains('.', StringComparison.Ordinal));
    }

    private static bool IsPart(string part)
    {
        if (part.Length == 0 || !IsAlnum(part[0]) || !IsAlnum(part[^1]))
        {
            return false;
        }

        for (int i = 1; i < part.Length; i++)
        {
            if (IsAlnum(part[i]))
            {
                continue;
            }

            int start = i;
            while (!IsAlnum(part[i]))
            {
                i++;
            }

            string separator = part[start..i];
            if (separator is not ("." or "_" or "__") && separator.Any(c => c != '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAlnum(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
