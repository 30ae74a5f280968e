namespace BaseImage.Engine.Packages;

/// <summary>A version as a definition pins it: exact by dpkg's rules, or with <c>*</c> for any run of characters.</summary>
internal static class VersionPattern
{
    /// <summary>True where the version is meant. Without a <c>*</c>, <c>1.0</c> and <c>1.00</c> are the same.</summary>
    public static bool Matches(string pattern, PackageVersion version)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            return PackageVersion.TryParse(pattern, out PackageVersion? exact) && exact == version;
        }

        // Each piece between stars is taken at its first place: with literal pieces that never misses a match.
        string text = version.ToString();
        string[] pieces = pattern.Split('*');
        if (!text.StartsWith(pieces[0], StringComparison.Ordinal))
        {
            return false;
        }

        int position = pieces[0].Length;
        foreach (string piece in pieces[1..^1])
        {
            int found = text.IndexOf(piece, position, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            position = found + piece.Length;
        }

        return text.Length - position >= pieces[^1].Length && text.EndsWith(pieces[^1], StringComparison.Ordinal);
    }
}
