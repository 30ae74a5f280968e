using System.Text;
using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Languages;

/// <summary>
/// Reads the metadata of installed Python distributions. Source: the Python Packaging User Guide, "Core metadata
/// specifications" 2.4 and "Recording installed projects": headers as in mail, up to the first empty line.
/// </summary>
internal static class PythonPackages
{
    private const int MaximumHeaders = 5_000, MaximumFiles = 100_000;

    // Classifiers that name one licence and version alone.
    private static readonly Dictionary<string, string> Classifiers = new(StringComparer.Ordinal)
    {
        ["MIT License"] = "MIT", ["ISC License (ISCL)"] = "ISC", ["Mozilla Public License 2.0 (MPL 2.0)"] = "MPL-2.0", ["Mozilla Public License 1.1 (MPL 1.1)"] = "MPL-1.1",
        ["GNU General Public License v2 (GPLv2)"] = "GPL-2.0-only", ["GNU General Public License v2 or later (GPLv2+)"] = "GPL-2.0-or-later",
        ["GNU General Public License v3 (GPLv3)"] = "GPL-3.0-only", ["GNU General Public License v3 or later (GPLv3+)"] = "GPL-3.0-or-later",
        ["GNU Lesser General Public License v3 (LGPLv3)"] = "LGPL-3.0-only", ["GNU Lesser General Public License v3 or later (LGPLv3+)"] = "LGPL-3.0-or-later",
        ["GNU Lesser General Public License v2 or later (LGPLv2+)"] = "LGPL-2.0-or-later", ["GNU Affero General Public License v3"] = "AGPL-3.0-only", ["GNU Affero General Public License v3 or later (AGPLv3+)"] = "AGPL-3.0-or-later",
        ["The Unlicense (Unlicense)"] = "Unlicense", ["Boost Software License 1.0 (BSL-1.0)"] = "BSL-1.0", ["MIT No Attribution License (MIT-0)"] = "MIT-0", ["Zero-Clause BSD (0BSD)"] = "0BSD",
    };

    /// <summary>The package.</summary>
    internal static IEnumerable<LanguagePackage> Read(PackageReadingContext context)
    {
        ILookup<string, string> headers = Headers(context.Content ?? default).ToLookup(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        if (context.Content is null)
        {
            context.Unread("it is larger than 1 MiB, or a further name of a file elsewhere");
        }

        bool isFile = context.File.Path.Span.EndsWith(".egg-info"u8);
        LayerPath folder = isFile ? context.File.Path : context.File.Path.Parent, root = folder.Parent;
        (string name, string? version) = Named(folder.Name.ToString());
        if (One(headers, "Name") is { Length: > 0 } said && IsName(said))
        {
            name = said;
        }
        else if (context.Content is not null)
        {
            context.Unread("it has no name");
        }

        LicenceClaim licence = Licence(headers, context.Path);
        string author = One(headers, "Author"), mail = One(headers, "Author-email");
        yield return new LanguagePackage
        {
            Package = context.Package(name, PackageText.Version(One(headers, "Version") is { Length: > 0 } written ? written : version, PackageEcosystem.PyPI),
                author.Length == 0 ? mail : mail.Length == 0 || mail.Contains('<', StringComparison.Ordinal) ? author : $"{author} <{mail}>", licence),
            File = context.File,
            Root = root,
            Key = Normalise(name),
            Depends = [.. headers["Requires-Dist"].Select(Required).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Licence = licence,
            Homepage = PackageText.Address(One(headers, "Home-page")),
            Summary = PackageText.Line(One(headers, "Summary")),
            Files = isFile ? [context.File.Path] : [.. Record(context, folder, root)],
            Folder = null,
        };
    }

    /// <summary>A name as it is compared: small letters, each run of <c>- _ .</c> one hyphen (PEP 503).</summary>
    internal static string Normalise(string name)
    {
        StringBuilder text = new(name.Length);
        foreach (char c in name)
        {
            if (c is not ('-' or '_' or '.'))
            {
                text.Append(char.ToLowerInvariant(c));
            }
            else if (text.Length > 0 && text[^1] != '-')
            {
                text.Append('-');
            }
        }

        return text.ToString();
    }

    /// <summary>The headers, in order; a line that begins with white space goes on the one before.</summary>
    internal static IReadOnlyList<(string Name, string Value)> Headers(ReadOnlyMemory<byte> content)
    {
        List<(string Name, string Value)> headers = [];
        while (!content.IsEmpty && headers.Count < MaximumHeaders)
        {
            int end = content.Span.IndexOf((byte)'\n');
            ReadOnlySpan<byte> bytes = (end < 0 ? content : content[..end]).Span.TrimEnd((byte)'\r');
            content = end < 0 ? default : content[(end + 1)..];
            if (bytes.Trim(" \t"u8).IsEmpty)
            {
                break;
            }

            string line = Encoding.UTF8.GetString(bytes);
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line[0] is ' ' or '\t')
            {
                if (headers.Count > 0)
                {
                    headers[^1] = (headers[^1].Name, headers[^1].Value.Length < 1 << 18 ? $"{headers[^1].Value}\n{line.TrimStart(' ', '\t', '|')}" : headers[^1].Value);
                }
            }
            else if (colon > 0)
            {
                headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }

        return headers;
    }

    private static LicenceClaim Licence(ILookup<string, string> headers, string path)
    {
        if (One(headers, "License-Expression") is { Length: > 0 } expression)
        {
            return LicenceClaim.OfField(expression, path);
        }

        string field = One(headers, "License");
        if (LicenceExpression.Normalise(field) is { } normal)
        {
            return new LicenceClaim(normal, []);
        }

        string[] classifiers = [.. headers["Classifier"].Where(text => text.StartsWith("License :: ", StringComparison.Ordinal)).Select(text => text.Split(" :: ")[^1].Trim()).Where(text => text != "OSI Approved").Distinct(StringComparer.Ordinal)];
        return classifiers.Length == 1 && Classifiers.TryGetValue(classifiers[0], out string? id) ? new LicenceClaim(id, [])
            : field.Length > 0 && field != "UNKNOWN" ? LicenceClaim.OfField(field, path)
            : LicenceClaim.All(classifiers.Take(20).Select(text => Classifiers.TryGetValue(text, out string? one) ? new LicenceClaim(one, []) : LicenceClaim.Own(ExtractedLicence.Of(text, "", path))));
    }

    // NAME (>=1), NAME[extra]>=1; marker. What only an extra asks for is not asked for here.
    private static string? Required(string text)
    {
        int semicolon = text.IndexOf(';', StringComparison.Ordinal);
        if (semicolon >= 0 && text.AsSpan(semicolon).Contains("extra", StringComparison.Ordinal))
        {
            return null;
        }

        int length = text.AsSpan().TrimStart().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
        string name = length < 0 ? text.Trim() : text.TrimStart()[..length];
        return IsName(name) ? Normalise(name) : null;
    }

    // RECORD beside METADATA lists every file: path, hash and size, by commas; paths start in the folder of packages.
    private static IEnumerable<LayerPath> Record(PackageReadingContext context, LayerPath folder, LayerPath root)
    {
        if (context.Files.Find(folder.Append("RECORD"))?.Content is not { } record)
        {
            foreach (MergedFile file in context.Files.Find(folder)?.Children ?? [])
            {
                yield return file.Path;
            }

            yield break;
        }

        foreach (string line in Encoding.UTF8.GetString(record.Span).Split('\n').Take(MaximumFiles))
        {
            string text = line.TrimEnd('\r');
            int close = text.StartsWith('"') ? text.IndexOf('"', 1) : text.IndexOf(',', StringComparison.Ordinal);
            string path = close <= 0 ? "" : text.StartsWith('"') ? text[1..close] : text[..close];
            if (path.Length > 0 && Below(root, path) is { } found)
            {
                yield return found;
            }
        }
    }

    // "../../../bin/x" leads out of the folder and may, out of the root it may not.
    private static LayerPath? Below(LayerPath root, string path)
    {
        LayerPath at = path.StartsWith('/') ? LayerPath.Root : root;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is "." or "..")
            {
                at = part == "." ? at : at.Parent;
            }
            else if (LayerPath.TryCreate(Encoding.UTF8.GetBytes(part), out LayerPath name))
            {
                at = at.Append(name);
            }
            else
            {
                return null;
            }
        }

        return at.IsRoot ? null : at;
    }

    // NAME-VERSION.dist-info; an egg's name goes on with the version of Python: NAME-1.0-py3.11.egg-info.
    private static (string Name, string? Version) Named(string folder)
    {
        string stem = folder[..folder.LastIndexOf('.')];
        int python = stem.LastIndexOf("-py", StringComparison.Ordinal);
        stem = folder.EndsWith(".egg-info", StringComparison.Ordinal) && python > 0 ? stem[..python] : stem;
        int dash = stem.LastIndexOf('-');
        return (PackageText.Line(dash < 0 ? stem : stem[..dash]) is { Length: > 0 } name ? name : "unnamed", dash < 0 ? null : stem[(dash + 1)..]);
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 200 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string One(ILookup<string, string> headers, string name) => headers[name].FirstOrDefault() ?? "";
}
