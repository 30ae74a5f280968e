using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Auditing.Signing;

/// <summary>What came of verifying an image's attestations.</summary>
internal sealed record AttestationFacts
{
    private static readonly JsonLimits Json = new() { MaxBytes = InTotoStatement.MaxBytes * 4, MaxDepth = 64, MaxValues = 5_000_000 };

    /// <summary>What came of the provenance; null where nothing was verified.</summary>
    public AttestationResult? Provenance { get; init; }

    /// <summary>What came of bills of materials, one result a format; empty where nothing was verified.</summary>
    public IReadOnlyList<AttestationResult> Sboms { get; init; } = [];

    /// <summary>Why nothing was verified, in one sentence; empty where something was.</summary>
    public string Skipped { get; init; } = "";

    /// <summary>Why verifying failed; null where it did not.</summary>
    public BaseImageException? Failure { get; init; }

    /// <summary>True where nothing was verified, or all of it is trusted: what else was found may change any time.</summary>
    public bool IsSettled => Provenance is null or { IsTrusted: true } && Sboms.All(result => result.IsTrusted);

    /// <summary>Why nothing can be said of some results; null where something can.</summary>
    internal static string? SkippedOf(AttestationFacts? facts, Func<AttestationFacts, IEnumerable<AttestationResult>> results)
        => facts is null ? "Nothing here verifies attestations."
            : facts.Skipped.Length > 0 ? facts.Skipped
            : results(facts).FirstOrDefault(result => result.Status is AttestationStatus.Skipped)?.Message;

    /// <summary>Of some results those attestations that are about a platform, or about the whole image, and trusted.</summary>
    internal static IReadOnlyList<ImageAttestation> Trusted(IEnumerable<AttestationResult> results, Platform platform)
        => [.. About(results, platform).Where(verdict => verdict.Status is AttestationStatus.Trusted or AttestationStatus.Accepted).Select(verdict => verdict.Attestation)];

    /// <summary>What is in the way of all of some results: of the attestation that came furthest.</summary>
    internal static string Problem(IReadOnlyList<AttestationResult> results, Platform platform)
        => About(results, platform).MaxBy(verdict => verdict.Status) is { } best ? $"{best.Status}: {best.Message}"
            : results.FirstOrDefault(result => result.Attestations.Count == 0) is { } none ? $"{none.Status}: {none.Message}" : $"{AttestationStatus.NotAttested}: Nothing is stated about {platform}.";

    /// <summary>What an attestation states, as JSON.</summary>
    internal static JObject Predicate(ImageAttestation attestation) => StrictJson.ParseObject(Encoding.UTF8.GetBytes(attestation.Predicate), attestation.PredicateType, Json);

    private static IEnumerable<AttestationVerdict> About(IEnumerable<AttestationResult> results, Platform platform)
        => results.SelectMany(result => result.Attestations).Where(verdict => verdict.Attestation.Platform is null || verdict.Attestation.Platform == platform);
}
