using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>What labels of known meaning may hold. Source: OCI image specification, annotations; label-schema.org 1.0.</summary>
internal static partial class LabelValues
{
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>True for a label of a known namespace and one of these names.</summary>
    public static bool IsOf(string label, params string[] names)
        => (label.StartsWith("org.opencontainers.image.", StringComparison.Ordinal) || label.StartsWith("org.label-schema.", StringComparison.Ordinal))
            && names.Contains(label[(label.LastIndexOf('.') + 1)..], StringComparer.Ordinal);

    /// <summary>True for a label whose last part is one of these.</summary>
    public static bool EndsWith(string label, params string[] names) => names.Contains(label[(label.LastIndexOf('.') + 1)..].ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The labels that the image ends with; null where only a build knows the value.</summary>
    public static Dictionary<string, string?> Of(DockerfileFacts facts)
    {
        Dictionary<string, string?> labels = new(StringComparer.Ordinal);
        foreach (DockerfileInstruction instruction in facts.Shipped.Reverse().SelectMany(stage => stage.Instructions).Where(one => one.Name == "LABEL"))
        {
            IReadOnlyList<string?> values = facts.Values[instruction].Arguments;
            for (int i = 0; i < instruction.Pairs.Count; i++)
            {
                labels[Archives.Unquoted(instruction.Pairs[i].Name)] = values[i];
            }
        }

        return labels;
    }

    /// <summary>True for a time of RFC 3339.</summary>
    public static bool IsTime(string value) => value.Length > 19 && DateTimeOffset.TryParseExact(value.ToUpperInvariant(), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && (value[^1] is 'Z' or 'z' || value[^6] is '+' or '-');

    /// <summary>True for what has the form of an SPDX licence expression.</summary>
    public static bool IsSpdx(string value) => Spdx().IsMatch(value) && value.Count(c => c == '(') == value.Count(c => c == ')') && !NoLicence.Contains(value);

    /// <summary>True for a version of Semantic Versioning 2.0.0.</summary>
    public static bool IsSemanticVersion(string value) => SemanticVersion().IsMatch(value);

    /// <summary>True for what has the form of a mail address.</summary>
    public static bool IsMail(string value) => Mail().IsMatch(value);

    private static readonly HashSet<string> NoLicence = new(["proprietary", "commercial", "unlicensed", "apache", "gpl", "lgpl", "bsd", "apache2", "gplv2", "gplv3", "lgplv3", "none", "private", "closed", "unknown"], StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A\(*[A-Za-z0-9][A-Za-z0-9.-]*\+?\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9][A-Za-z0-9.-]*\+?\)*){0,50}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Spdx();

    [GeneratedRegex(@"\A(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SemanticVersion();

    [GeneratedRegex(@"\A[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Mail();
}
