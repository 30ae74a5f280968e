using System.Text.RegularExpressions;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>Whether a statement states what was asked for. Its signer is known by then.</summary>
internal static class PredicateChecks
{
    /// <summary>Holds a statement against what was asked for.</summary>
    internal static (AttestationStatus Status, string Message) Judge(InTotoStatement statement, AttestationPolicy policy)
    {
        if (statement.PredicateType != PredicateTypes.Provenance)
        {
            return Sbom(statement) is { } wrong ? (AttestationStatus.PredicateInvalid, wrong) : (AttestationStatus.Trusted, $"A trusted key states {statement.PredicateType} of this image.");
        }

        SlsaProvenance provenance;
        try
        {
            provenance = SlsaProvenance.Parse(statement.Predicate, "provenance");
        }
        catch (StatementInvalidException e)
        {
            return (AttestationStatus.PredicateInvalid, e.Message);
        }

        return Judge(provenance, policy);
    }

    /// <summary>Holds a provenance against what was asked for.</summary>
    internal static (AttestationStatus Status, string Message) Judge(SlsaProvenance provenance, AttestationPolicy policy)
    {
        if (policy.BuilderIds.Count > 0 && !policy.BuilderIds.Contains(provenance.BuilderId, StringComparer.Ordinal))
        {
            return (AttestationStatus.BuilderMismatch, $"It was built by '{provenance.BuilderId}'.");
        }

        if (policy.BuildTypes.Count > 0 && !policy.BuildTypes.Contains(provenance.BuildType, StringComparer.Ordinal))
        {
            return (AttestationStatus.BuildTypeMismatch, $"It was built as '{provenance.BuildType}'.");
        }

        if (policy.Sources.Count > 0 && provenance.Sources.FirstOrDefault(source => !policy.Sources.Any(pattern => Matches(pattern, source))) is var other && (other is not null || provenance.Sources.Count == 0))
        {
            return (AttestationStatus.SourceMismatch, other is null ? "It says of no source." : $"It was built from '{other}'.");
        }

        return policy.RequirePinned && Loose(provenance) is { } loose ? (AttestationStatus.MaterialNotPinned, loose)
            : (AttestationStatus.Trusted, $"A trusted key states that '{provenance.BuilderId}' built this image of {provenance.Materials.Count} materials.");
    }

    private static string? Loose(SlsaProvenance provenance)
        => provenance.Materials.Count == 0 ? "It says nothing of what went into the image."
            : provenance.Materials.FirstOrDefault(material => !material.IsPinned) is { } loose ? $"'{(loose.Name.Length > 0 ? loose.Name : loose.Uri)}' went into the image and is not pinned."
            : null;

    private static string? Sbom(InTotoStatement statement) => statement.PredicateType switch
    {
        PredicateTypes.Spdx when statement.Predicate["spdxVersion"] is not { Type: JTokenType.String } => "It is stated to be SPDX and is none.",
        PredicateTypes.CycloneDx when (string?)(statement.Predicate["bomFormat"] as JValue)?.Value?.ToString() != "CycloneDX" => "It is stated to be CycloneDX and is none.",
        _ => null,
    };

    private static bool Matches(string pattern, string text)
        => Regex.IsMatch(text, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
}
