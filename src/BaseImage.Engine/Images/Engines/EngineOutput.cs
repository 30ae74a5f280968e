using System.Buffers.Binary;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// A container's output, both of its streams in one. Source: Docker Engine API 1.41, "Stream format": frames of one byte
/// of stream (1 output, 2 error), three of nothing, four of length, and the bytes.
/// </summary>
internal static class EngineOutput
{
    private const int MaxFrame = 64 << 20;

    /// <summary>Reads to the end of the stream, or until the receiver has enough.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="receive">Gets 1 or 2 and some bytes; answers false when it has enough.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InvalidDataException">The stream has another form.</exception>
    internal static async Task ReadAsync(Stream stream, Func<int, ReadOnlyMemory<byte>, bool> receive, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 16];
        while (await ReadAsync(stream, buffer.AsMemory(0, 8), cancellationToken).ConfigureAwait(false))
        {
            int kind = buffer[0];
            long left = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4));
            if (kind is not (0 or 1 or 2) || buffer[1] != 0 || buffer[2] != 0 || buffer[3] != 0 || left > MaxFrame)
            {
                throw new InvalidDataException("The engine's stream of a container's output has a frame that it does not write.");
            }

            while (left > 0)
            {
                Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
                int read = await stream.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                left -= read;
                if (!receive(kind, piece[..read]))
                {
                    return;
                }
            }
        }
    }

    // False at the end, also in the middle of a frame's head: a container that was ended ends anywhere.
    private static async Task<bool> ReadAsync(Stream stream, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        int got = 0;
        while (got < bytes.Length)
        {
            int read = await stream.ReadAsync(bytes[got..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            got += read;
        }

        return true;
    }
}
