using BaseImage.Errors;

namespace BaseImage.Documents;

/// <summary>Reads the bytes of a data file, and no more than it may have.</summary>
public static class DataFileBytes
{
    /// <summary>The most bytes a data file may have: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a file; null where it has more than <see cref="MaxBytes"/>. What it says of its own length is not believed: a link may lead to a device.</summary>
    /// <exception cref="PathNotFoundException">It does not exist.</exception>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new PathNotFoundException(path, "Check the path.");
        }

        byte[] buffer = new byte[MaxBytes + 1];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        int read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return read > MaxBytes ? null : buffer[..read];
    }

    /// <summary>The document of a file that has too many bytes.</summary>
    public static DataDocument TooLarge(string path)
        => new(path, null, [new DataProblem(new SourcePosition(path, 1, 1), $"The file has more than {MaxBytes} bytes.", "Check that this is the file that was meant.")]);
}
