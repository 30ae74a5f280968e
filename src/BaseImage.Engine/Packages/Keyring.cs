using System.Globalization;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Public keys that an archive's signatures are checked against.</summary>
internal sealed class Keyring
{
    private const int MaxBytes = 4 << 20;

    private readonly IReadOnlyList<TrustedKey> _keys;

    private Keyring(string name, IReadOnlyList<TrustedKey> keys) => (Name, _keys) = (name, keys);

    /// <summary>The keyring, as an error names it.</summary>
    public string Name { get; }

    /// <summary>The primary keys' fingerprints, upper-case hexadecimal.</summary>
    public IReadOnlyList<string> Fingerprints => [.. _keys.Where(k => k.IsPrimary).Select(k => k.PrimaryFingerprint)];

    /// <summary>The ids of all keys that may sign, subkeys included, as 16 hexadecimal digits.</summary>
    public IReadOnlyList<string> KeyIds => [.. _keys.Select(k => FormatKeyId(k.Key.KeyId))];

    /// <summary>Reads a keyring of one or more blocks, binary or armored.</summary>
    /// <exception cref="KeyringInvalidException">It has no key that can be read.</exception>
    public static Keyring Parse(byte[] content, string name)
    {
        if (content.Length is 0 or > MaxBytes)
        {
            throw new KeyringInvalidException(name, $"has {content.Length} bytes");
        }

        List<TrustedKey> keys = [];
        try
        {
            using MemoryStream stream = new(content);
            using Stream decoded = PgpUtilities.GetDecoderStream(stream);
            foreach (PgpPublicKeyRing ring in new PgpPublicKeyRingBundle(decoded).GetKeyRings())
            {
                keys.AddRange(ring.GetPublicKeys().Select(key => new TrustedKey(ring.GetPublicKey(), key)));
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new KeyringInvalidException(name, "holds something other than OpenPGP public keys", e);
        }

        return keys.Count > 0 ? new Keyring(name, keys) : throw new KeyringInvalidException(name, "holds no key");
    }

    /// <summary>The keys with this id.</summary>
    public IEnumerable<TrustedKey> Find(long keyId) => _keys.Where(k => k.Key.KeyId == keyId);

    /// <summary>A key id as gpg prints it.</summary>
    public static string FormatKeyId(long keyId) => keyId.ToString("X16", CultureInfo.InvariantCulture);
}

/// <summary>A key of a keyring, with the primary key that it belongs to.</summary>
/// <param name="Primary">The primary key.</param>
/// <param name="Key">The key itself; the same for a primary key.</param>
internal sealed record TrustedKey(PgpPublicKey Primary, PgpPublicKey Key)
{
    private const int MinimumRsaBits = 2048;

    // What a keyring says of its keys does not change while it is in memory, and checking it costs as much as a signature.
    private readonly Lazy<List<PgpSignature>> _primaryBindings = new(() => PrimaryBindings(Primary));
    private readonly Lazy<List<PgpSignature>> _subkeyBindings = new(() => SubkeyBindings(Primary, Key));

    /// <summary>True for a primary key.</summary>
    public bool IsPrimary => ReferenceEquals(Primary, Key) || Primary.KeyId == Key.KeyId;

    /// <summary>The primary key's fingerprint, upper-case hexadecimal.</summary>
    public string PrimaryFingerprint => Convert.ToHexString(Primary.GetFingerprint());

    /// <summary>Why the key may not be used for a signature made and judged at these times; null when it may.</summary>
    public string? WhyNot(DateTimeOffset signed, DateTimeOffset asOf)
    {
        // Keyrings are shared by all verifications of a process, and signatures carry state while they are checked.
        lock (Primary)
        {
            return WhyNotByKind()
                ?? WhyNotByTime(Primary, "the key", _primaryBindings.Value, signed, asOf)
                ?? (IsPrimary ? null : WhyNotByBinding(signed, asOf));
        }
    }

    private string? WhyNotByKind() => Key.Algorithm switch
    {
        PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign => Key.BitStrength < MinimumRsaBits ? $"its RSA key has {Key.BitStrength} bits, and {MinimumRsaBits} are required" : null,
        PublicKeyAlgorithmTag.EdDsa_Legacy => null,
        _ => $"its key is of the kind {Key.Algorithm}, and only RSA and Ed25519 are accepted",
    };

    private string? WhyNotByBinding(DateTimeOffset signed, DateTimeOffset asOf)
    {
        List<PgpSignature> bindings = _subkeyBindings.Value;
        return bindings.Count == 0
            ? "the primary key does not bind the subkey for signing"
            : WhyNotByTime(Key, "the subkey", bindings, signed, asOf, PgpSignature.SubkeyRevocation);
    }

    private static List<PgpSignature> SubkeyBindings(PgpPublicKey primary, PgpPublicKey key)
        => [.. Signatures(key, PgpSignature.SubkeyBinding).Where(s => OpenPgpCheck.OfSubkey(s, primary, primary, key) && HasBackSignature(s, primary, key))];

    // RFC 9580 5.2.1: a subkey that signs must in turn sign that it belongs to the primary key (0x19).
    private static bool HasBackSignature(PgpSignature binding, PgpPublicKey primary, PgpPublicKey key)
    {
        try
        {
            return Vectors(binding).SelectMany(Embedded).Any(s => s.SignatureType == PgpSignature.PrimaryKeyBinding && OpenPgpCheck.OfSubkey(s, key, primary, key));
        }
        catch (Exception e) when (e is PgpException or IOException or ArgumentException or InvalidOperationException)
        {
            return false;
        }

        static IEnumerable<PgpSignature> Embedded(PgpSignatureSubpacketVector vector)
        {
            PgpSignatureList list = vector.GetEmbeddedSignatures();
            return Enumerable.Range(0, list.Count).Select(i => list[i]);
        }
    }

    private string? WhyNotByTime(PgpPublicKey key, string what, List<PgpSignature> bindings, DateTimeOffset signed, DateTimeOffset asOf, int revocation = PgpSignature.KeyRevocation)
    {
        foreach (PgpSignature sign in Signatures(key, revocation))
        {
            bool holds = revocation == PgpSignature.KeyRevocation ? OpenPgpCheck.OfKey(sign, Primary, Primary) : OpenPgpCheck.OfSubkey(sign, Primary, Primary, key);
            if (holds && (!IsSoft(sign) || Utc(sign.CreationTime) <= asOf))
            {
                return $"{what} was revoked";
            }
        }

        DateTimeOffset created = Utc(key.CreationTime);
        if (signed < created)
        {
            return $"it is older than {what}";
        }

        // What a key says of itself is what it said last before the time at which it is judged.
        PgpSignature? last = bindings.Where(s => Utc(s.CreationTime) <= asOf).MaxBy(s => s.CreationTime) ?? bindings.MinBy(s => s.CreationTime);
        if (last is null)
        {
            return $"{what} has no valid signature of its own";
        }

        PgpSignatureSubpacketVector? hashed = last.GetHashedSubPackets();
        long seconds = hashed?.GetKeyExpirationTime() ?? 0;
        if (seconds > 0 && asOf > created.AddSeconds(seconds))
        {
            return $"{what} expired on {created.AddSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        }

        bool signs = key.KeyId != Key.KeyId || hashed is null || !hashed.HasSubpacket(SignatureSubpacketTag.KeyFlags) || (hashed.GetKeyFlags() & PgpKeyFlags.CanSign) != 0;
        return signs ? null : $"{what} is not meant for signing";
    }

    private static List<PgpSignature> PrimaryBindings(PgpPublicKey primary)
    {
        List<PgpSignature> found = [];
        foreach (string id in primary.GetUserIds())
        {
            found.AddRange(primary.GetSignaturesForId(id).Where(s => s.KeyId == primary.KeyId && s.IsCertification() && OpenPgpCheck.OfUserId(s, primary, id, primary)));
        }

        found.AddRange(Signatures(primary, PgpSignature.DirectKey).Where(s => s.KeyId == primary.KeyId && OpenPgpCheck.OfKey(s, primary, primary)));
        return found;
    }

    private static IEnumerable<PgpSignature> Signatures(PgpPublicKey key, int type) => key.GetSignaturesOfType(type);

    private static IEnumerable<PgpSignatureSubpacketVector> Vectors(PgpSignature signature)
        => new[] { signature.GetHashedSubPackets(), signature.GetUnhashedSubPackets() }.OfType<PgpSignatureSubpacketVector>();

    // A key that was merely superseded or retired was good before; one without a reason may have been stolen long ago.
    private static bool IsSoft(PgpSignature revocation)
        => revocation.GetHashedSubPackets()?.GetRevocationReason() is { } reason
            && reason.GetRevocationReason() is RevocationReasonTag.KeySuperseded or RevocationReasonTag.KeyRetired;

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
