using System.Globalization;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>
/// Makes a history of what the builder wrote: the base's steps as they are; the image's own at the epoch, without the
/// arguments that builders put before commands, and without the steps that were added to the Dockerfile.
/// </summary>
/// <param name="epoch">The epoch.</param>
/// <param name="isAdded">True of a step that was added.</param>
/// <param name="arguments">The values of build arguments that are known, by name.</param>
/// <param name="secrets">What is masked.</param>
internal sealed partial class HistoryNormaliser(DateTimeOffset epoch, Func<string, bool> isAdded, IReadOnlyDictionary<string, string> arguments, IReadOnlyList<string> secrets)
{
    /// <summary>Makes it.</summary>
    /// <param name="history">The built image's steps, oldest first.</param>
    /// <param name="baseSteps">How many of them are the base's.</param>
    /// <param name="baseLayers">The base's layers.</param>
    /// <param name="kept">Of each of the image's own layers, as it was built, whether it is one of the image's layers now.</param>
    public IReadOnlyList<ImageHistory> Make(IReadOnlyList<ImageHistory> history, int baseSteps, int baseLayers, IReadOnlyList<bool> kept)
    {
        baseSteps = Math.Min(baseSteps, history.Count);
        List<ImageHistory> result = [.. history.Take(baseSteps)];
        int own = 0;
        foreach (ImageHistory step in history.Skip(baseSteps))
        {
            bool empty = step.EmptyLayer;
            if (!empty)
            {
                empty = own >= kept.Count || !kept[own];
                own++;
            }

            if (!(empty && isAdded(step.CreatedBy)))
            {
                result.Add(new ImageHistory(epoch, Mask(ContentHash().Replace(WithoutArguments(step.CreatedBy), "$1")), step.Comment.Contains("FROM ", StringComparison.Ordinal) ? "" : step.Comment, empty));
            }
        }

        // Readers refuse an image whose steps and layers do not agree, and Podman leaves the base's steps out.
        int layers = baseLayers + kept.Count(keep => keep);
        return own == kept.Count && result.Count(step => !step.EmptyLayer) == layers ? result
            : [.. Enumerable.Range(0, layers).Select(i => new ImageHistory(epoch, i < baseLayers ? "base" : "Dockerfile", "", EmptyLayer: false))];
    }

    // Builders write '|2 NAME=value OTHER=value /bin/sh -c …'.
    private string WithoutArguments(string text)
    {
        string start = text.StartsWith("RUN |", StringComparison.Ordinal) ? "RUN " : "";
        string rest = text[start.Length..];
        int space = rest.IndexOf(' ', StringComparison.Ordinal);
        if (!rest.StartsWith('|') || space < 0 || !int.TryParse(rest.AsSpan(1, space - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > 1000)
        {
            return text;
        }

        rest = rest[(space + 1)..];
        for (; count > 0; count--)
        {
            int equals = rest.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                return text;
            }

            string value = arguments.GetValueOrDefault(rest[..equals]) is { } known && rest.AsSpan(equals + 1).StartsWith(known) ? known : "";
            int end = rest.IndexOf(' ', equals + 1 + value.Length);
            rest = end < 0 ? "" : rest[(end + 1)..];
        }

        return start + rest;
    }

    // The classic builder and Podman name what was copied by a hash over names and contents, the Dockerfile's as it was sent
    // among them.
    [GeneratedRegex(@"\b(file|dir|multi):[0-9a-f]{64}\b", RegexOptions.CultureInvariant)]
    private static partial Regex ContentHash();

    private string Mask(string text)
    {
        foreach (string secret in secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }
}
