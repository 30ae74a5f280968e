using System.Globalization;

namespace BaseImage.Errors;

/// <summary>A Release file lacks what it must say, or says it in a wrong form.</summary>
public sealed class ReleaseInvalidException(string file, string problem, Exception? inner = null)
    : BaseImageException($"'{file}': {problem}.", file, "Use another mirror; if all serve the same, tell whoever keeps the archive.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A Release file carries no signature, and the archive is not declared as checksums-only.</summary>
public sealed class ReleaseUnsignedException(string file)
    : BaseImageException($"'{file}' is not signed.", file, "Sign the archive and name its keyring in the definition, or declare it there with Trusted = 'checksums-only'.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseUnsigned";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A Release file is signed, but by no key of the keyring.</summary>
public sealed class ReleaseSignerUnknownException(string file, string keyring, IReadOnlyList<string> seen, IReadOnlyList<string> trusted)
    : BaseImageException($"'{file}' is signed by {(seen.Count == 0 ? "no key that can be read" : string.Join(", ", seen))}, but the keyring '{keyring}' trusts {(trusted.Count == 0 ? "no key" : string.Join(", ", trusted))}.", file, "Make sure that the mirror serves the archive you mean; if the archive has a new key, add it to the keyring after checking its fingerprint.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseSignerUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>The key ids that the signatures name.</summary>
    public IReadOnlyList<string> Seen { get; } = seen;

    /// <summary>The key ids in the keyring.</summary>
    public IReadOnlyList<string> Trusted { get; } = trusted;
}

/// <summary>A Release file's signature by a trusted key does not hold.</summary>
public sealed class ReleaseSignatureInvalidException(string file, string problem, Exception? inner = null)
    : BaseImageException($"The signature of '{file}' does not hold: {problem}.", file, "Use another mirror; the file was changed on its way, or its key is no longer good.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseSignatureInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A Release file's Valid-Until has passed.</summary>
public sealed class ReleaseExpiredException(string file, DateTimeOffset date, DateTimeOffset validUntil, DateTimeOffset asOf)
    : BaseImageException(string.Create(CultureInfo.InvariantCulture, $"'{file}' of {date.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z was valid until {validUntil.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, and it is judged at {asOf.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z."), file, string.Create(CultureInfo.InvariantCulture, $"Use a mirror that is kept up to date; for one that is frozen on purpose give the last time at which it was valid: -AsOf {validUntil.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z."))
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseExpired";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>The Release file's Date.</summary>
    public DateTimeOffset Date { get; } = date;

    /// <summary>The Release file's Valid-Until: the last time at which it is valid, and so the one to give with -AsOf, because other suites of a mirror may be newer.</summary>
    public DateTimeOffset ValidUntil { get; } = validUntil;
}

/// <summary>A Release file is older than the one that the present lock was made from.</summary>
public sealed class ReleaseDateWentBackException(string file, DateTimeOffset date, DateTimeOffset earlier)
    : BaseImageException(string.Create(CultureInfo.InvariantCulture, $"'{file}' has the Date {date.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, but the lock was made from one of {earlier.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z."), file, "Use a mirror that is at least as new: an older index would bring back packages with known flaws. To go back on purpose remove the lock first.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseDateWentBack";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A Release file's Date lies in the future.</summary>
public sealed class ReleaseInFutureException(string file, DateTimeOffset date, DateTimeOffset asOf)
    : BaseImageException(string.Create(CultureInfo.InvariantCulture, $"'{file}' has the Date {date.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, which lies after {asOf.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, the time it is judged at."), file, "Set this machine's clock, or give a later time with -AsOf.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseInFuture";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A Release file, though well signed, is another suite's or another archive's.</summary>
public sealed class ReleaseNotWantedException(string file, string wanted, string found)
    : BaseImageException($"'{file}' was asked for as {wanted}, but says that it is {found}.", file, "Make sure that the mirror is the archive's and that the definition names the suite by its code name.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ReleaseNotWanted";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A keyring is missing or cannot be read.</summary>
public sealed class KeyringInvalidException(string keyring, string problem, Exception? inner = null)
    : BaseImageException($"The keyring '{keyring}' {problem}.", keyring, "Name one of the module's keyrings, or give the full path of a file with OpenPGP public keys, binary or armored.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "KeyringInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}
