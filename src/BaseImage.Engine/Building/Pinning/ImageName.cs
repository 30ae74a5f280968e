namespace BaseImage.Engine.Building.Pinning;

/// <summary>An image's name as a Dockerfile has it: repository, tag and digest, of which the last two may be empty.</summary>
/// <param name="Repository">Registry and path.</param>
/// <param name="Tag">Without colon.</param>
/// <param name="Digest">Without <c>@</c>.</param>
internal sealed record ImageName(string Repository, string Tag, Digest Digest)
{
    /// <summary>The name with its tag: what a person calls it and a registry is asked for.</summary>
    public string Tagged => $"{Repository}:{(Tag.Length == 0 ? "latest" : Tag)}";

    /// <summary>Takes a name apart; null where it is none.</summary>
    public static ImageName? Parse(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        Digest digest = default;
        if (at >= 0 && !Digest.TryParse(text[(at + 1)..], out digest))
        {
            return null;
        }

        string name = at < 0 ? text : text[..at];
        int colon = name.LastIndexOf(':');
        bool hasTag = colon > name.LastIndexOf('/');
        ImageName parsed = new(hasTag ? name[..colon] : name, hasTag ? name[(colon + 1)..] : "", digest);
        return ImageReference.TryParse("docker-daemon:" + parsed.Tagged, out ImageReference? reference) && reference.Name.Length > 0 ? parsed : null;
    }
}
