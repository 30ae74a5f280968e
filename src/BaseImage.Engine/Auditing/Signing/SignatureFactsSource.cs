using System.Globalization;
using System.Text;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Signing;

/// <summary>
/// Verifies the signatures of audited images, and what is stated about them: by what the caller says is trusted, else by Notation's own trust policy where
/// there is one.
/// </summary>
/// <param name="signatures">Verifies signatures.</param>
/// <param name="attestations">Verifies attestations.</param>
internal sealed class SignatureFactsSource(ITestSignature signatures, ITestAttestation attestations)
{
    /// <summary>Verifies an image's signatures.</summary>
    /// <param name="image">The image, pinned.</param>
    /// <param name="asked">What to trust; null where nobody said.</param>
    /// <param name="reporter">Told what is done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task<SignatureFacts> ReadAsync(string image, TrustRequest? asked, IReporter reporter, CancellationToken cancellationToken)
    {
        if (!IsConfigured(asked))
        {
            return new SignatureFacts { Skipped = Unconfigured() };
        }

        try
        {
            return new SignatureFacts { Result = await signatures.TestAsync(image, asked ?? new TrustRequest(), reporter, cancellationToken).ConfigureAwait(false) };
        }
        catch (ImageTransportNotSupportedException e)
        {
            return new SignatureFacts { Skipped = e.Message };
        }
        catch (BaseImageException e)
        {
            return new SignatureFacts { Failure = e };
        }
    }

    /// <summary>Verifies what is stated about an image: how it was built, and what is inside.</summary>
    /// <param name="image">The image, pinned.</param>
    /// <param name="asked">What to trust; null where nobody said.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task<AttestationFacts> ReadAttestationsAsync(string image, TrustRequest? asked, CancellationToken cancellationToken)
    {
        if (!IsConfigured(asked))
        {
            return new AttestationFacts { Skipped = Unconfigured() };
        }

        try
        {
            AttestationPolicy policy = new() { Trust = asked ?? new TrustRequest() };
            AttestationResult provenance = await attestations.TestAsync(image, policy, cancellationToken).ConfigureAwait(false);
            List<AttestationResult> sboms = [];
            foreach (string kind in (string[])[PredicateKind.Spdx, PredicateKind.CycloneDx])
            {
                sboms.Add(await attestations.TestAsync(image, policy with { PredicateType = kind }, cancellationToken).ConfigureAwait(false));
            }

            return new AttestationFacts { Provenance = provenance, Sboms = sboms };
        }
        catch (ImageTransportNotSupportedException e)
        {
            return new AttestationFacts { Skipped = e.Message };
        }
        catch (BaseImageException e)
        {
            return new AttestationFacts { Failure = e };
        }
    }

    /// <summary>
    /// Names what signatures are judged by, so that what was judged by something else is not taken for it: the policy's content,
    /// the files of its store, and the day, since certificates run out. Empty where nothing is judged.
    /// </summary>
    internal static string Mark(TrustRequest? asked, DateTimeOffset now)
    {
        if (!IsConfigured(asked))
        {
            return "";
        }

        string policy = asked?.PolicyPath ?? TrustLocations.FromEnvironment().PolicyPath;
        string store = asked?.StorePath ?? TrustLocations.StoreBeside(policy);
        IEnumerable<string> files = (asked is null ? [] : asked.PublicKeyPaths.Concat(asked.CertificatePaths).Concat(asked.TimestampCertificatePaths).Concat(asked.RevocationListPaths)).Append(policy)
            .Concat(Directory.Exists(store) ? Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : []);
        StringBuilder mark = new(now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        foreach (string file in files)
        {
            mark.Append(CultureInfo.InvariantCulture, $"\n{file} {(File.Exists(file) ? Digest.Of(File.ReadAllBytes(file)) : default)}");
        }

        return mark.ToString();
    }

    private static string Unconfigured() => $"Nothing says whose signatures count: there is no trust policy at '{TrustLocations.FromEnvironment().PolicyPath}', and -TrustPolicyPath names none.";

    private static bool IsConfigured(TrustRequest? asked) => asked is not null || Path.Exists(TrustLocations.FromEnvironment().PolicyPath);
}
