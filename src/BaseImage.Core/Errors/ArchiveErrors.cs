namespace BaseImage.Errors;

/// <summary>Control data (a Packages index, a Release file, apt's sources, a package's control file) is malformed.</summary>
public sealed class ControlDataInvalidException(string file, int line, string problem)
    : BaseImageException($"{file}:{line}: {problem}.", file, "Fetch the file again, from another mirror if it stays so; a file that was edited by hand must follow deb822(5).")
{
    /// <inheritdoc/>
    public override string ErrorId => "ControlDataInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Control data exceeds what is safe to read.</summary>
public sealed class ControlDataTooLargeException(string file, int line, string problem)
    : BaseImageException($"{file}:{line}: {problem}.", file, "No archive needs that much: find out who made the file before using it.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ControlDataTooLarge";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.LimitExceeded;
}

/// <summary>A file of an archive is on none of its mirrors.</summary>
public sealed class ArchiveFileNotFoundException(string what, string archive, IReadOnlyList<string> attempts)
    : BaseImageException($"{what} is on no mirror of the archive '{archive}'. Tried: {string.Join("; ", attempts)}.", what, "Give a mirror that still has it with -Mirror, or run Update-BaseImageLock to lock what the mirrors have now.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ArchiveFileNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;

    /// <summary>Each mirror tried, and what it answered.</summary>
    public IReadOnlyList<string> Attempts { get; } = attempts;
}

/// <summary>A file of an archive was served with other content than the signed index or the lock states.</summary>
public sealed class ArchiveFileMismatchException(string what, string archive, IReadOnlyList<string> attempts)
    : BaseImageException($"{what} of the archive '{archive}' was served with other content than was signed. Tried: {string.Join("; ", attempts)}.", what, "Use another mirror: this one, or something between here and there, changes or damages files.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ArchiveFileMismatch";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>Each mirror tried, and what it answered.</summary>
    public IReadOnlyList<string> Attempts { get; } = attempts;
}

/// <summary>No mirror of an archive could be read: no connection, a time-out, an answer cut short, a refused redirect.</summary>
public sealed class MirrorUnreachableException(string what, string archive, IReadOnlyList<string> attempts)
    : BaseImageException($"{what} could not be fetched from any mirror of the archive '{archive}'. Tried: {string.Join("; ", attempts)}.", what, "Check the network and the proxy, or give a mirror that can be reached with -Mirror; what has arrived is kept, and the next run goes on from there.")
{
    /// <inheritdoc/>
    public override string ErrorId => "MirrorUnreachable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Connection;

    /// <summary>Each mirror tried, and what it answered.</summary>
    public IReadOnlyList<string> Attempts { get; } = attempts;
}

/// <summary>Something is needed that only a connection could bring, and -Offline forbids connections.</summary>
public sealed class OfflineUnavailableException(string what, string archive, IReadOnlyList<string> attempts)
    : BaseImageException($"{what} of the archive '{archive}' is neither in the cache nor in a folder given as mirror, and -Offline opens no connection.{(attempts.Count == 0 ? "" : $" Tried: {string.Join("; ", attempts)}.")}", what, "Give the folder that Save-BaseImagePackage made with -Mirror, or leave -Offline out.")
{
    /// <inheritdoc/>
    public override string ErrorId => "OfflineUnavailable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>No mirror is known for an archive.</summary>
public sealed class NoMirrorException(string archive, string variable)
    : BaseImageException($"No mirror is known for the archive '{archive}'.", archive, $"Give one with -Mirror, set {variable}, or add it under Mirrors in baseimage.config.psd1.")
{
    /// <inheritdoc/>
    public override string ErrorId => "NoMirror";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A mirror setting is neither a URL that can be used nor a folder.</summary>
public sealed class MirrorSettingInvalidException(string setting, string value, string problem)
    : BaseImageException($"{setting}: the mirror '{value}' {problem}.", value, "Give an http or https URL, a file: URL, or the path of a folder that exists.")
{
    /// <inheritdoc/>
    public override string ErrorId => "MirrorSettingInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>An archive's Release file does not offer a component, an architecture or an index.</summary>
public sealed class IndexNotOfferedException(string release, string problem)
    : BaseImageException($"{release}: {problem}.", release, "Correct the suites, components and platforms in the definition, or use a mirror that carries them.")
{
    /// <inheritdoc/>
    public override string ErrorId => "IndexNotOffered";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}
