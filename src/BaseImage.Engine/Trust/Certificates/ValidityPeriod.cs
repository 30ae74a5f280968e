using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace BaseImage.Engine.Trust.Certificates;

/// <summary>Whether certificates are valid in a span of time.</summary>
internal static class ValidityPeriod
{
    /// <summary>Makes sure that every certificate of a chain is valid from one moment to another.</summary>
    /// <param name="chain">The certificates.</param>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The last moment.</param>
    /// <param name="what">What that time is, as <c>now</c>.</param>
    /// <exception cref="TrustFailureException">One is not.</exception>
    internal static void Check(IReadOnlyList<X509Certificate2> chain, DateTimeOffset from, DateTimeOffset to, string what)
    {
        foreach (X509Certificate2 certificate in chain)
        {
            (DateTimeOffset notBefore, DateTimeOffset notAfter) = Of(certificate);
            if (from < notBefore)
            {
                throw new TrustFailureException(SignatureStatus.CertificateNotYetValid, $"The certificate '{certificate.Subject}' is valid from {Text(notBefore)} on, and {what} is {Text(from)}.");
            }

            if (to > notAfter)
            {
                throw new TrustFailureException(SignatureStatus.CertificateExpired, $"The certificate '{certificate.Subject}' was valid until {Text(notAfter)}, and {what} is {Text(to)}.");
            }
        }
    }

    /// <summary>When a certificate is valid.</summary>
    internal static (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Of(X509Certificate2 certificate)
        => (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    /// <summary>A time for a person.</summary>
    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
