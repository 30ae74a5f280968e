namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>Who maintains a package, taken apart.</summary>
/// <param name="Name">The name; empty for unknown.</param>
/// <param name="Mail">The address; empty for unknown.</param>
/// <param name="IsOrganisation">True where the name is that of several people.</param>
internal sealed record Supplier(string Name, string Mail, bool IsOrganisation)
{
    private static readonly string[] s_groups = ["team", "maintainers", "developers", "group", "project", "foundation", "packagers", "porters", "uploaders", "debian", "ubuntu", "microsoft", "inc", "inc.", "ltd", "gmbh", "llc", "corporation"];

    /// <summary>Takes <c>NAME &lt;ADDRESS&gt;</c> apart (Debian Policy 5.6.2).</summary>
    internal static Supplier Parse(string text)
    {
        int open = text.IndexOf('<', StringComparison.Ordinal), close = text.LastIndexOf('>');
        string mail = open >= 0 && close > open ? text[(open + 1)..close].Trim() : text.Contains('@', StringComparison.Ordinal) && !text.Contains(' ', StringComparison.Ordinal) ? text.Trim() : "";
        string name = (open >= 0 ? text[..open] : mail.Length > 0 ? "" : text).Trim().Trim('"');
        name = name.Length > 0 ? name : mail;
        bool isMail = mail.Length is > 0 and <= 254 && mail.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < mail.Length - 1 && mail.All(c => c is > ' ' and <= '~' and not ('(' or ')' or '<' or '>' or ',' or ';'));
        return new Supplier(name.Replace('(', '[').Replace(')', ']'), isMail ? mail : "", name.Split([' ', ',', '/', '-']).Any(word => s_groups.Contains(word.ToLowerInvariant(), StringComparer.Ordinal)));
    }

    /// <summary>As SPDX writes it (SPDX 2.3, 7.5).</summary>
    internal string ToSpdx() => Name.Length == 0 ? "NOASSERTION" : $"{(IsOrganisation ? "Organization" : "Person")}: {Name}{(Mail.Length > 0 ? $" ({Mail})" : "")}";
}
