using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Org.BouncyCastle.X509.Extension;

namespace BaseImage.Engine.Trust.Certificates;

/// <summary>
/// Revocation lists from files, and what they say of a chain. Nothing is fetched. Source: Notary Project trust store and
/// trust policy specification, "Certificate Revocation Evaluation"; RFC 5280, sections 5 and 6.3.
/// </summary>
internal sealed class RevocationLists
{
    private const int MaxBytes = 64 << 20;
    private const string DistributionPoints = "2.5.29.31";
    private const string AuthorityInformation = "1.3.6.1.5.5.7.1.1";
    private static readonly byte[] OcspOid = [0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];

    // What a list may say, marked critical, and still be used: which part it is of, and that it adds to another.
    private static readonly HashSet<string> Understood = new(StringComparer.Ordinal) { "2.5.29.27", "2.5.29.28", "2.5.29.20", "2.5.29.35" };

    private readonly IReadOnlyList<X509Crl> _lists;

    private RevocationLists(IReadOnlyList<X509Crl> lists) => _lists = lists;

    /// <summary>No lists.</summary>
    internal static RevocationLists None { get; } = new([]);

    /// <summary>Reads files of lists, PEM or DER.</summary>
    /// <exception cref="RevocationListInvalidException">One cannot be read.</exception>
    internal static async Task<RevocationLists> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        List<X509Crl> lists = [];
        foreach (string path in paths)
        {
            byte[] bytes = await KeyFile.ReadAsync(path, cancellationToken, MaxBytes).ConfigureAwait(false);
            lists.AddRange(Parse(bytes, path));
        }

        return new RevocationLists(lists);
    }

    /// <summary>Reads lists from bytes.</summary>
    /// <exception cref="RevocationListInvalidException">There is none, or one cannot be read.</exception>
    internal static RevocationLists Of(byte[] bytes, string name) => new(Parse(bytes, name));

    private static X509Crl[] Parse(byte[] bytes, string name)
    {
        try
        {
            byte[][] encoded = PemFile.IsPem(bytes) ? [.. PemFile.Read(bytes, name).Where(block => block.Label == PemFile.Revocations).Select(block => block.Content)] : [bytes];
            X509Crl[] lists = [.. encoded.Select(one => new X509CrlParser().ReadCrl(one) ?? throw new RevocationListInvalidException(name, "cannot be read"))];
            return lists.Length > 0 ? lists : throw new RevocationListInvalidException(name, "has no revocation list in it");
        }
        catch (Exception e) when (e is GeneralSecurityException or SecurityUtilityException or IOException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            throw new RevocationListInvalidException(name, "cannot be read", e);
        }
    }

    /// <summary>Makes sure that no certificate of a chain is revoked.</summary>
    /// <param name="chain">The certificates, the signer's first and a root last.</param>
    /// <param name="now">When it is asked.</param>
    /// <param name="signedAt">When the signature was made at the latest, where that is proven: a revocation of later begins does not touch it.</param>
    /// <exception cref="TrustFailureException">One is revoked, or nothing in force says.</exception>
    internal void Check(IReadOnlyList<X509Certificate2> chain, DateTimeOffset now, DateTimeOffset? signedAt)
    {
        for (int i = chain.Count - 2; i >= 0; i--)
        {
            try
            {
                Check(chain[i], chain[i + 1], now.UtcDateTime, signedAt?.UtcDateTime);
            }
            catch (Exception e) when (e is GeneralSecurityException or SecurityUtilityException or IOException or ArgumentException or InvalidOperationException or InvalidCastException)
            {
                throw new TrustFailureException(SignatureStatus.RevocationUnknown, $"A revocation list about '{chain[i].Subject}' cannot be read.", e);
            }
        }
    }

    private void Check(X509Certificate2 certificate, X509Certificate2 issuer, DateTime now, DateTime? signedAt)
    {
        X509Crl[] lists = [.. _lists.Where(list => IsBy(list, issuer) && list.ThisUpdate <= now && IsUsable(list))];
        BigInteger serial = new(1, certificate.SerialNumberBytes.Span);
        foreach (X509Crl list in lists)
        {
            // A list that is no longer in force still knows what was revoked for good.
            if (list.GetRevokedCertificate(serial) is { } entry && Reason(entry) is not (CrlReason.CertificateHold or CrlReason.RemoveFromCrl) && !(signedAt < InvalidFrom(entry)))
            {
                throw Revoked(certificate, entry);
            }
        }

        X509Crl[] inForce = [.. lists.Where(list => list.NextUpdate is { } next && now <= next)];
        X509Crl? whole = inForce.Where(list => Number(list, X509Extensions.DeltaCrlIndicator) is null).MaxBy(list => list.ThisUpdate);
        if (whole is null)
        {
            // A certificate that names no place to ask cannot be revoked in a way that anybody would notice.
            if (lists.Length > 0 || NamesAPlaceToAsk(certificate))
            {
                throw new TrustFailureException(SignatureStatus.RevocationUnknown, lists.Length > 0
                    ? $"The revocation lists of '{issuer.Subject}' are no longer in force."
                    : $"The certificate '{certificate.Subject}' can be revoked, and no revocation list of '{issuer.Subject}' was given.");
            }

            return;
        }

        X509Crl[] additions = [.. inForce.Where(list => Number(list, X509Extensions.DeltaCrlIndicator) is { } from && Number(whole, X509Extensions.CrlNumber) is { } own && from.CompareTo(own) <= 0
            && Number(list, X509Extensions.CrlNumber) is { } number && number.CompareTo(own) >= 0)];
        if (additions.Length == 0 && whole.GetExtensionValue(X509Extensions.FreshestCrl) is not null)
        {
            throw new TrustFailureException(SignatureStatus.RevocationUnknown, $"The revocation list of '{issuer.Subject}' has additions, and none that fits it was given.");
        }

        X509CrlEntry? last = additions.OrderByDescending(list => list.ThisUpdate).Append(whole).Select(list => list.GetRevokedCertificate(serial)).FirstOrDefault(entry => entry is not null);
        if (last is not null && Reason(last) == CrlReason.CertificateHold)
        {
            throw Revoked(certificate, last);
        }
    }

    private static bool IsBy(X509Crl list, X509Certificate2 issuer)
        => list.IssuerDN.GetDerEncoded().AsSpan().SequenceEqual(issuer.SubjectName.RawData)
            && issuer.Extensions.OfType<X509KeyUsageExtension>().All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign))
            && list.IsSignatureValid(CertificateLinks.Key(issuer));

    // A list for some certificates or some reasons alone, or of other issuers', would say too little and look as if it said all.
    private static bool IsUsable(X509Crl list)
    {
        if (list.GetCriticalExtensionOids() is { } critical && critical.Any(oid => !Understood.Contains(oid)))
        {
            return false;
        }

        if (list.GetExtensionValue(X509Extensions.IssuingDistributionPoint) is not { } encoded)
        {
            return true;
        }

        IssuingDistributionPoint part = IssuingDistributionPoint.GetInstance(X509ExtensionUtilities.FromExtensionValue(encoded));
        return !part.IsIndirectCrl && !part.OnlyContainsAttributeCerts && !part.OnlyContainsCACerts && !part.OnlyContainsUserCerts && part.OnlySomeReasons is null;
    }

    private static bool NamesAPlaceToAsk(X509Certificate2 certificate)
        => certificate.Extensions.Any(extension => extension.Oid?.Value == DistributionPoints)
            || certificate.Extensions.Any(extension => extension.Oid?.Value == AuthorityInformation && extension.RawData.AsSpan().IndexOf(OcspOid) >= 0);

    private static int Reason(X509CrlEntry entry)
        => entry.GetExtensionValue(X509Extensions.ReasonCode) is { } encoded ? DerEnumerated.GetInstance(X509ExtensionUtilities.FromExtensionValue(encoded)).IntValueExact : CrlReason.Unspecified;

    private static DateTime InvalidFrom(X509CrlEntry entry)
        => entry.GetExtensionValue(X509Extensions.InvalidityDate) is { } encoded ? Asn1GeneralizedTime.GetInstance(X509ExtensionUtilities.FromExtensionValue(encoded)).ToDateTime().ToUniversalTime() : DateTime.MinValue;

    private static BigInteger? Number(X509Crl list, DerObjectIdentifier oid)
        => list.GetExtensionValue(oid) is { } encoded ? DerInteger.GetInstance(X509ExtensionUtilities.FromExtensionValue(encoded)).PositiveValue : null;

    private static TrustFailureException Revoked(X509Certificate2 certificate, X509CrlEntry entry)
        => new(SignatureStatus.Revoked, $"The certificate '{certificate.Subject}' was revoked at {ValidityPeriod.Text(new DateTimeOffset(DateTime.SpecifyKind(entry.RevocationDate, DateTimeKind.Utc)))}.");
}
