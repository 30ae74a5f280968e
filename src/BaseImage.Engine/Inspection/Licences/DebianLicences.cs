namespace BaseImage.Engine.Inspection.Licences;

/// <summary>
/// What the short names of Debian's copyright files mean in SPDX, where that is certain. Source: DEP-5, copyright-format 1.0,
/// "License specification": a name with a version and <c>+</c> is that version or a later one, <c>Expat</c> is the licence that
/// SPDX calls MIT, while <c>MIT</c> there is any of a family and so not certain by its name.
/// </summary>
internal static class DebianLicences
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Expat"] = "MIT", ["ISC"] = "ISC", ["Zlib"] = "Zlib", ["Apache-1.0"] = "Apache-1.0", ["Apache-1.1"] = "Apache-1.1", ["Apache-2.0"] = "Apache-2.0",
        ["Artistic-1.0"] = "Artistic-1.0", ["Artistic-2.0"] = "Artistic-2.0", ["BSD-2-clause"] = "BSD-2-Clause", ["BSD-3-clause"] = "BSD-3-Clause", ["BSD-4-clause"] = "BSD-4-Clause",
        ["CC0"] = "CC0-1.0", ["CC0-1.0"] = "CC0-1.0", ["MPL-1.1"] = "MPL-1.1", ["MPL-2.0"] = "MPL-2.0", ["EFL-1"] = "EFL-1.0", ["EFL-2"] = "EFL-2.0", ["LPPL-1.3c"] = "LPPL-1.3c",
        ["BSL-1.0"] = "BSL-1.0", ["CDDL-1.0"] = "CDDL-1.0", ["CPL-1.0"] = "CPL-1.0", ["EPL-1.0"] = "EPL-1.0", ["EPL-2.0"] = "EPL-2.0", ["OFL-1.1"] = "OFL-1.1", ["Unlicense"] = "Unlicense", ["0BSD"] = "0BSD", ["W3C"] = "W3C",
    };

    // What the Expat licence says and the others of the name MIT do not, without regard to spaces and case.
    private const string Grant = "permissionisherebygranted,freeofcharge,toanypersonobtainingacopyofthissoftwareandassociateddocumentationfiles(the\"software\"),todealinthesoftwarewithoutrestriction,includingwithoutlimitationtherightstouse,copy,modify,merge,publish,distribute,sublicense,and/orsellcopiesofthesoftware";
    private const string Disclaimer = "thesoftwareisprovided\"asis\",withoutwarrantyofanykind";

    /// <summary>The SPDX identifier of a short name; null where it is not certain.</summary>
    /// <param name="name">The short name.</param>
    /// <param name="text">The licence's text in the same file; empty for none.</param>
    internal static string? Find(string name, string text)
    {
        if (Names.TryGetValue(name, out string? id))
        {
            return id;
        }

        if (name.Equals("MIT", StringComparison.OrdinalIgnoreCase))
        {
            string plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace("``", "\"", StringComparison.Ordinal).Replace("''", "\"", StringComparison.Ordinal).ToLowerInvariant();
            return plain.Contains(Grant, StringComparison.Ordinal) && plain.Contains(Disclaimer, StringComparison.Ordinal) ? "MIT" : null;
        }

        return Gnu(name);
    }

    // GPL-2, GPL-2+, LGPL-2.1+, AGPL-3.0, GFDL-NIV-1.3+ …
    private static string? Gnu(string name)
    {
        bool later = name.EndsWith('+');
        string plain = later ? name[..^1] : name;
        int dash = plain.LastIndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        (string family, string version) = (plain[..dash].ToUpperInvariant(), plain[(dash + 1)..]);
        string full = version.Contains('.', StringComparison.Ordinal) ? version : version + ".0";
        string middle = family == "GFDL-NIV" ? "-no-invariants" : "";
        return family is "GPL" or "LGPL" or "AGPL" or "GFDL" or "GFDL-NIV"
            ? LicenceList.Licence($"{(family == "GFDL-NIV" ? "GFDL" : family)}-{full}{middle}-{(later ? "or-later" : "only")}")
            : null;
    }
}
