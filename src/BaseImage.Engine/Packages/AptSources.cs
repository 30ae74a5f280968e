using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>One place that apt is configured to fetch binary packages from: one URI and one suite.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Uri">The archive's root.</param>
/// <param name="Suite">The suite; ends with a slash for a flat repository, which has none.</param>
/// <param name="Components">The components; none for a flat repository.</param>
/// <param name="Architectures">The architectures it is limited to; none where it is not.</param>
/// <param name="SignedBy">Paths or fingerprints of keys; none where it does not say.</param>
/// <param name="EmbeddedKey">An armored key that stands in the file itself; null where there is none.</param>
internal sealed record AptSource(
    string File, int Line, string Uri, string Suite, IReadOnlyList<string> Components, IReadOnlyList<string> Architectures, IReadOnlyList<string> SignedBy, string? EmbeddedKey);

/// <summary>Reads the sources that apt is configured with. Source: sources.list(5).</summary>
internal static class AptSources
{
    private const int MaxFileBytes = 4 << 20;

    /// <summary>Reads <c>sources.list</c>, <c>sources.list.d/*.list</c> and <c>sources.list.d/*.sources</c>, in apt's order; what is disabled is left out.</summary>
    /// <param name="folder">apt's folder, <c>/etc/apt</c>; it need not exist.</param>
    /// <param name="unreadable">Told of each file that cannot be read or is malformed; the others count all the same.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<AptSource>> ReadAsync(string folder, Action<string> unreadable, CancellationToken cancellationToken)
    {
        List<string> files = [Path.Combine(folder, "sources.list")];
        string parts = Path.Combine(folder, "sources.list.d");
        if (Directory.Exists(parts))
        {
            files.AddRange(Directory.EnumerateFiles(parts)
                .Where(f => Path.GetExtension(f) is ".list" or ".sources" && Path.GetFileNameWithoutExtension(f).All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
                .Order(StringComparer.Ordinal));
        }

        List<AptSource> sources = [];
        foreach (string file in files.Where(File.Exists))
        {
            try
            {
                if (new FileInfo(file).Length > MaxFileBytes)
                {
                    throw new ControlDataTooLargeException(file, 1, $"it is longer than {MaxFileBytes} bytes");
                }

                byte[] content = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
                sources.AddRange(file.EndsWith(".sources", StringComparison.Ordinal) ? ReadSources(content, file) : ReadList(content, file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or BaseImageException)
            {
                unreadable(e.Message);
            }
        }

        return sources;
    }

    /// <summary>Reads a file in one-line style.</summary>
    public static IReadOnlyList<AptSource> ReadList(byte[] content, string file)
    {
        List<AptSource> sources = [];
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1];
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            line = (comment < 0 ? line : line[..comment]).Trim();
            if (line.Length == 0)
            {
                continue;
            }

            string type = line.Split((char[])[' ', '\t'], 2)[0];
            string rest = line[type.Length..].Trim();
            if (type is not ("deb" or "deb-src"))
            {
                throw new ControlDataInvalidException(file, number, "a line begins with neither 'deb' nor 'deb-src'");
            }

            Dictionary<string, string> options = new(StringComparer.Ordinal);
            if (rest.StartsWith('['))
            {
                int end = rest.IndexOf(']', StringComparison.Ordinal);
                if (end < 0)
                {
                    throw new ControlDataInvalidException(file, number, "the options' ']' is missing");
                }

                foreach (string option in rest[1..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                {
                    int equals = option.IndexOf('=', StringComparison.Ordinal);
                    options[equals < 0 ? option : option[..equals].TrimEnd('+')] = equals < 0 ? "" : option[(equals + 1)..];
                }

                rest = rest[(end + 1)..].Trim();
            }

            string[] words = rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
            {
                throw new ControlDataInvalidException(file, number, "a source needs a URI and a suite");
            }

            if (type == "deb")
            {
                sources.Add(new AptSource(file, number, words[0], words[1], words[2..], Split(options, "arch"), Split(options, "signed-by"), null));
            }
        }

        return sources;

        static string[] Split(Dictionary<string, string> options, string name)
            => options.TryGetValue(name, out string? value) ? value.Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
    }

    /// <summary>Reads a file in deb822 style.</summary>
    public static IReadOnlyList<AptSource> ReadSources(byte[] content, string file)
    {
        List<AptSource> sources = [];
        foreach (ControlParagraph paragraph in Deb822Reader.ReadAll(content, file, Deb822Limits.Sources))
        {
            string enabled = (paragraph["Enabled"] ?? "yes").ToLowerInvariant();
            if (enabled is "no" or "false" or "off" or "without" or "disable" or "0" || !paragraph.Words("Types").Contains("deb", StringComparer.Ordinal))
            {
                continue;
            }

            string[] uris = paragraph.Words("URIs"), suites = paragraph.Words("Suites");
            if (uris.Length == 0 || suites.Length == 0)
            {
                throw new ControlDataInvalidException(file, paragraph.Line, "a source needs URIs and Suites");
            }

            string signedBy = paragraph["Signed-By"] ?? "";
            bool embedded = signedBy.Contains("-----BEGIN PGP PUBLIC KEY BLOCK-----", StringComparison.Ordinal);
            sources.AddRange(
                from uri in uris
                from suite in suites
                select new AptSource(
                    file, paragraph.Line, uri, suite, paragraph.Words("Components"), paragraph.Words("Architectures"),
                    embedded ? [] : signedBy.Split([' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries),
                    embedded ? Unfold(signedBy) : null));
        }

        return sources;
    }

    // deb822(5): a continuation line has one blank in front, and a lone dot stands for an empty line.
    private static string Unfold(string value)
        => string.Join('\n', value.Split('\n').Select(line => line.Trim() == "." ? "" : line.StartsWith(' ') ? line[1..] : line)).Trim('\n') + "\n";
}
