using System.Text.RegularExpressions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>
/// Verifies attestations: signer first, then what the statement is about, then what it states. Nothing of a statement counts
/// before a trusted key is known to have signed it.
/// </summary>
/// <param name="open">Opens the place of an image.</param>
internal sealed class AttestationTester(Func<ImageReference, CancellationToken, Task<IArtifactStore>> open) : ITestAttestation
{
    /// <inheritdoc/>
    public async Task<AttestationResult> TestAsync(string image, AttestationPolicy policy, CancellationToken cancellationToken)
    {
        List<VerificationKey> keys = [];
        try
        {
            foreach (string path in policy.PublicKeyPaths)
            {
                keys.AddRange(await VerificationKey.ReadAsync(path, cancellationToken).ConfigureAwait(false));
            }

            IArtifactStore store = await open(ImageReference.Parse(image), cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                return await TestAsync(image, store, policy, keys, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            keys.ForEach(key => key.Dispose());
        }
    }

    /// <summary>Verifies by keys that are at hand.</summary>
    internal static async Task<AttestationResult> TestAsync(string image, IArtifactStore store, AttestationPolicy policy, IReadOnlyList<VerificationKey> keys, CancellationToken cancellationToken)
    {
        string kind = policy.PredicateType.Length > 0 ? policy.PredicateType : PredicateTypes.Provenance;
        AttestedImage attested = await AttestedImage.FindAsync(store, cancellationToken).ConfigureAwait(false);
        string pinned = store.Reference.Pin(attested.Root.Digest).ToString();
        List<AttestationVerdict> all = await JudgeAsync(store, pinned, attested.Root, kind, policy, keys, cancellationToken).ConfigureAwait(false);
        AttestationVerdict? best = Best(all);

        // What is not proved of the whole image may be of each platform: then every one of them has to hold.
        string missing = "the image";
        if (best?.Status is not AttestationStatus.Trusted && attested.Platforms.Count > 0)
        {
            List<(string Platform, AttestationVerdict? Best)> platforms = [];
            foreach (OciDescriptor platform in attested.Platforms)
            {
                List<AttestationVerdict> verdicts = await JudgeAsync(store, pinned, platform, kind, policy, keys, cancellationToken).ConfigureAwait(false);
                all.AddRange(verdicts);
                platforms.Add((platform.Platform?.ToString() ?? platform.Digest.ToString(), Best(verdicts)));
            }

            (string least, AttestationVerdict? worst) = platforms.MinBy(entry => entry.Best?.Status ?? AttestationStatus.NotAttested);
            missing = worst is null && platforms.Exists(entry => entry.Best is not null) ? $"the manifest of {least}" : missing;
            best = worst is not null && (best is null || worst.Status > best.Status) ? worst with { Message = worst.Status is AttestationStatus.Trusted ? worst.Message : $"{least}: {worst.Message}" } : best;
        }

        return best is null ? Result($"Nothing of the kind {kind} is beside {missing}. Nothing was verified.") : Result(best.Message) with { Status = best.Status, Signer = best.Signer, BuilderId = best.Attestation.BuilderId };

        AttestationResult Result(string message) => new()
        {
            Image = image,
            Reference = pinned,
            Digest = attested.Root.Digest,
            PredicateType = kind,
            Message = message,
            Attestations = all,
        };
    }

    private static AttestationVerdict? Best(IReadOnlyList<AttestationVerdict> verdicts) => verdicts.Count == 0 ? null : verdicts.MaxBy(verdict => verdict.Status);

    private static async Task<List<AttestationVerdict>> JudgeAsync(IArtifactStore store, string image, OciDescriptor subject, string kind, AttestationPolicy policy, IReadOnlyList<VerificationKey> keys, CancellationToken cancellationToken)
    {
        List<AttestationVerdict> verdicts = [];
        foreach (OciDescriptor referrer in await AttestedImage.BundlesAsync(store, subject.Digest, cancellationToken).ConfigureAwait(false))
        {
            AttestationDocument? document = await AttestationDocument.ReadAsync(store, referrer, cancellationToken).ConfigureAwait(false);
            if (document is null)
            {
                continue;
            }

            ImageAttestation described = document.Describe(image, subject);
            if (described.PredicateType.Length > 0 && described.PredicateType != kind)
            {
                continue;
            }

            (AttestationStatus status, string message, string signer) = Judge(document, subject, policy, keys);
            verdicts.Add(new AttestationVerdict(described, status, message, signer));
        }

        return verdicts;
    }

    /// <summary>What came of one document.</summary>
    internal static (AttestationStatus Status, string Message, string Signer) Judge(AttestationDocument document, OciDescriptor subject, AttestationPolicy policy, IReadOnlyList<VerificationKey> keys)
    {
        if (document.Bundle is not { } bundle)
        {
            return (document.Status, document.Problem, "");
        }

        VerificationKey? key = bundle.Envelope.Verify(keys);
        if (key is null)
        {
            bool known = keys.Any(trusted => trusted.Hint == bundle.KeyHint || bundle.Envelope.Signatures.Any(signature => signature.KeyId == trusted.Hint));
            return bundle.IsKeyless ? (AttestationStatus.UnsupportedFormat, "It was made without a key of one's own, with a certificate of a sigstore authority, which is not verified here.", "")
                : known ? (AttestationStatus.SignatureInvalid, "It names a key that is trusted, and its signature does not hold: statement or signature were changed.", "")
                : (AttestationStatus.UntrustedKey, "No key that is trusted has signed it.", "");
        }

        if (document.Statement is not { } statement)
        {
            return (document.Status, document.Problem, key.Name);
        }

        if (!statement.IsAbout(subject.Digest))
        {
            return (AttestationStatus.SubjectMismatch, $"It is about something else than {subject.Digest}.", key.Name);
        }

        string listed = document.Referrer.Annotations.GetValueOrDefault(Cosign.CosignNames.BundlePredicate, statement.PredicateType);
        if (listed != statement.PredicateType)
        {
            return (AttestationStatus.PredicateInvalid, $"It is listed as '{Inspection.Languages.PackageText.Line(listed)}' and states {statement.PredicateType}.", key.Name);
        }

        (AttestationStatus status, string message) = Content(statement, policy);
        return (status, message, key.Name);
    }

    private static (AttestationStatus Status, string Message) Content(InTotoStatement statement, AttestationPolicy policy)
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

        if (policy.RequirePinned && (provenance.Materials.Count == 0 || provenance.Materials.Any(material => !material.IsPinned)))
        {
            return (AttestationStatus.MaterialNotPinned, provenance.Materials.FirstOrDefault(material => !material.IsPinned) is { } loose ? $"'{(loose.Name.Length > 0 ? loose.Name : loose.Uri)}' went into the image and is not pinned." : "It says nothing of what went into the image.");
        }

        return (AttestationStatus.Trusted, $"A trusted key states that '{provenance.BuilderId}' built this image of {provenance.Materials.Count} materials.");
    }

    private static string? Sbom(InTotoStatement statement) => statement.PredicateType switch
    {
        PredicateTypes.Spdx when statement.Predicate["spdxVersion"] is not { Type: Newtonsoft.Json.Linq.JTokenType.String } => "It is stated to be SPDX and is none.",
        PredicateTypes.CycloneDx when (string?)(statement.Predicate["bomFormat"] as Newtonsoft.Json.Linq.JValue)?.Value?.ToString() != "CycloneDX" => "It is stated to be CycloneDX and is none.",
        _ => null,
    };

    private static bool Matches(string pattern, string text)
        => Regex.IsMatch(text, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
}
