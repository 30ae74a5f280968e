namespace BaseImage.Errors;

/// <summary>A tar archive breaks its format: a checksum, number, header or size that cannot be, or an end that comes too early.</summary>
/// <param name="source">The archive, for instance <c>bash_5.2_amd64.deb: data.tar.xz</c>.</param>
/// <param name="problem">What is wrong and at which entry.</param>
/// <param name="inner">The cause.</param>
public sealed class TarInvalidException(string source, string problem, Exception? inner = null)
    : BaseImageException($"{source}: {problem}", source, "Fetch the file again from where it came from; its content is not a valid tar archive.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "TarInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A tar archive holds an entry that no honest one needs: a path or link that leaves the root, a device where none belongs.</summary>
/// <param name="source">The archive.</param>
/// <param name="problem">What the entry would do.</param>
public sealed class TarHostileException(string source, string problem)
    : BaseImageException($"{source}: {problem}", source, "Do not use this file; report it to whoever made it.")
{
    /// <inheritdoc/>
    public override string ErrorId => "TarHostile";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A tar archive has more entries, or longer headers, than is safe to read.</summary>
/// <param name="source">The archive.</param>
/// <param name="problem">Which limit was exceeded.</param>
public sealed class TarLimitException(string source, string problem)
    : BaseImageException($"{source}: {problem}", source, "Do not use this file unless you know why it is this large; split it if it is yours.")
{
    /// <inheritdoc/>
    public override string ErrorId => "TarLimitExceeded";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.LimitExceeded;
}

/// <summary>Compressed data is damaged, ends too early, or is followed by something else.</summary>
/// <param name="source">The file.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="inner">The cause.</param>
public sealed class CompressedDataInvalidException(string source, string problem, Exception? inner = null)
    : BaseImageException($"{source}: {problem}", source, "Fetch the file again from where it came from; its compressed data is damaged.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "CompressedDataInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>Compressed data unpacks to more, or needs more memory, than is safe: a decompression bomb.</summary>
/// <param name="source">The file.</param>
/// <param name="problem">Which limit was exceeded.</param>
public sealed class DecompressionLimitException(string source, string problem)
    : BaseImageException($"{source}: {problem}", source, "Do not use this file unless you know why it unpacks to this much.")
{
    /// <inheritdoc/>
    public override string ErrorId => "DecompressionLimitExceeded";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.LimitExceeded;
}

/// <summary>A file is not a Debian binary package that can be read.</summary>
/// <param name="source">The package file.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="inner">The cause.</param>
public sealed class DebInvalidException(string source, string problem, Exception? inner = null)
    : BaseImageException($"{source}: {problem}", source, "Fetch the package again from its archive; the file is not a valid .deb.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "DebInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}
