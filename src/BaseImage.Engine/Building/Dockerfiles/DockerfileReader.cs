using BaseImage.Documents;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Reads Dockerfiles from disk.</summary>
internal static class DockerfileReader
{
    /// <summary>The most bytes that are read; the Dockerfiles that people write have some kilobytes.</summary>
    public const int MaximumBytes = 2 << 20;

    /// <summary>Reads and parses a file; its mistakes are in the result.</summary>
    /// <exception cref="DockerfileInvalidException">It is too large to be a Dockerfile.</exception>
    public static async Task<Dockerfile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        // A pipe or a device has no length, so the limit is held while reading.
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, useAsync: true);
        await using (file.ConfigureAwait(false))
        {
            using MemoryStream bytes = new();
            byte[] buffer = new byte[64 * 1024];
            for (int read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false); read > 0; read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false))
            {
                await bytes.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                if (bytes.Length > MaximumBytes)
                {
                    throw new DockerfileInvalidException(path, [new DataProblem(new SourcePosition(path, 1, 1), $"The file has more than {MaximumBytes} bytes.", "Check that this is the Dockerfile that was meant.")]);
                }
            }

            return DockerfileParser.Parse(bytes.ToArray());
        }
    }

    /// <summary>The exception that tells every mistake of a file; null where it has none.</summary>
    public static DockerfileInvalidException? Failure(Dockerfile file, string path)
        => file.Problems.Count == 0 ? null : new DockerfileInvalidException(path, [.. file.Problems.Select(problem => new DataProblem(new SourcePosition(path, problem.Line, problem.Column), problem.Message, problem.Hint))]);
}
