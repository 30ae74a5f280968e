using System.Runtime.CompilerServices;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// The messages of a build or a pull: JSON objects, one a line, as the work goes on. Each is read strictly and to a limit;
/// the number of them has none, since a build may say anything for hours.
/// </summary>
internal static class EngineMessages
{
    private const int MaxLine = 8 << 20;
    private static readonly JsonLimits Limits = new() { MaxBytes = MaxLine, MaxDepth = 16, MaxValues = 10_000 };

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="EngineAnswerInvalidException">A line is too long or no JSON object.</exception>
    /// <exception cref="EngineUnreachableException">The connection was cut, or nothing came for too long.</exception>
    public static async IAsyncEnumerable<JObject> ReadAsync(Stream stream, DockerConnection connection, string what, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 16];
        int kept = 0;
        for (bool ended = false; !ended;)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer.AsMemory(kept), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (connection.Translate(e, what, cancellationToken) is { } failure)
            {
                throw failure;
            }

            ended = read == 0;
            int length = kept + read, start = 0;
            for (int end; start < length && ((end = Array.IndexOf(buffer, (byte)'\n', Math.Max(start, kept), length - Math.Max(start, kept))) >= 0 || ended);)
            {
                end = end < 0 ? length : end;
                if (Parse(buffer.AsMemory(start, end - start), connection) is { } message)
                {
                    yield return message;
                }

                (start, kept) = (Math.Min(end + 1, length), 0);
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            kept = length - start;
            if (kept == buffer.Length)
            {
                Array.Resize(ref buffer, kept < MaxLine ? kept * 2 : throw new EngineAnswerInvalidException(connection.Endpoint.Host, $"asked to {what}, it sends a message of more than {MaxLine >> 20} MiB"));
            }
        }
    }

    private static JObject? Parse(ReadOnlyMemory<byte> line, DockerConnection connection)
    {
        if (line.Span.Trim(" \t\r\n"u8).Length == 0)
        {
            return null;
        }

        try
        {
            return StrictJson.ParseObject(line, "the engine's messages", Limits);
        }
        catch (JsonInvalidException e)
        {
            throw new EngineAnswerInvalidException(connection.Endpoint.Host, $"a message of its is no JSON object ({EngineText.Safe(e.Message)})", e);
        }
    }
}
