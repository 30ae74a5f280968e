using System.Globalization;
using System.Text;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Journals;

/// <summary>
/// Names everything that an image's rows depend on: the image by reference and digest, the platform, the rules that are
/// evaluated, this build of the catalogue, what the policy decides today, and how the image is run.
/// </summary>
internal static class JournalKey
{
    // Any change of code gives the assembly another id; a journal of another version is not replayed.
    private static readonly string s_catalogue = string.Create(CultureInfo.InvariantCulture, $"{RuleCatalogue.Version} {LayerScan.Version} {typeof(RuleCatalogue).Module.ModuleVersionId:N}");

    /// <summary>The key, as 64 hexadecimal digits.</summary>
    /// <param name="item">The image and platform.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="own">Rules of the caller's own: what they demand, and their scripts.</param>
    /// <param name="policy">The policy for the image.</param>
    /// <param name="runtime">How it is run; null for not at all.</param>
    /// <param name="now">Today: suppressions run out, and some rules judge by the day.</param>
    /// <param name="trust">What signatures are judged by; null where nobody said.</param>
    public static string Of(PendingFacts item, IReadOnlyList<IAuditRule> rules, IReadOnlyList<CustomRule> own, AuditPolicy policy, RuntimeRequest? runtime, DateTimeOffset now, TrustRequest? trust = null)
    {
        string[] parts =
        [
            s_catalogue, item.Image, item.Name, item.Digest.ToString(), item.Platform.ToString(),
            string.Join(' ', rules.Select(rule => rule.Identity)),
            string.Concat(own.SelectMany(one => (string[])[one.Rule.ToString(), $"{one.Rule.Severity}", one.Rule.Category, one.Rule.Remediation, $"{one.Rule.Check}"]).Select(text => string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}"))),

            // What it says on running is in how the image is run, where that is not said otherwise.
            Encoding.UTF8.GetString(CanonicalJson.WriteCompact((policy with { Runtime = new RuntimeSettings() }).ToModel(now))),
            runtime is null ? "" : Describe(runtime),
            rules.Any(rule => rule.NeedsSignatures || rule.NeedsAttestations) ? SignatureFactsSource.Mark(trust, now) : "",
            rules.Any(rule => rule.DependsOnDay) ? now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "",
        ];

        // With lengths, so that no two lists of parts are one text.
        return Digest.Of(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}"))))).Hex;
    }

    // Whatever a request may come to hold, but for whom it asks.
    private static string Describe(RuntimeRequest runtime) => string.Join('\n', typeof(RuntimeRequest).GetProperties()
        .Where(property => !property.PropertyType.IsAssignableTo(typeof(Delegate)))
        .OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => $"{property.Name}={System.Text.Json.JsonSerializer.Serialize(property.GetValue(runtime))}"));
}
