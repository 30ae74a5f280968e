namespace BaseImage.Engine.Building.ContainerBuild.Output;

/// <summary>A step of BuildKit's graph as a status tells of it.</summary>
/// <param name="Digest">What it is called by.</param>
/// <param name="Name">Its name, as <c>[build 2/5] RUN make</c>.</param>
/// <param name="IsCached">True where nothing had to be done.</param>
/// <param name="HasStarted">True once it began.</param>
/// <param name="HasCompleted">True once it ended.</param>
/// <param name="Error">Why it failed; empty where it did not.</param>
internal sealed record BuildKitVertex(string Digest, string Name, bool IsCached, bool HasStarted, bool HasCompleted, string Error);

/// <summary>Bytes that a step printed.</summary>
internal sealed record BuildKitLog(string Vertex, string Text);

/// <summary>
/// One message of BuildKit's progress, <c>moby.buildkit.trace</c>. Source: moby/buildkit, api/services/control, StatusResponse
/// (vertexes 1, statuses 2, logs 3), Vertex (digest 1, inputs 2, name 3, cached 4, started 5, completed 6, error 7), VertexLog
/// (vertex 1, timestamp 2, stream 3, msg 4). Fields of later versions are passed over.
/// </summary>
internal sealed record BuildKitStatus(IReadOnlyList<BuildKitVertex> Vertexes, IReadOnlyList<BuildKitLog> Logs)
{
    private const int MaxText = 16 << 10;

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static BuildKitStatus Read(ReadOnlySpan<byte> message)
    {
        List<BuildKitVertex> vertexes = [];
        List<BuildKitLog> logs = [];
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                vertexes.Add(Vertex(reader.Bytes));
            }
            else if (reader.Field == 3)
            {
                logs.Add(Log(reader.Bytes));
            }
        }

        return new BuildKitStatus(vertexes, logs);
    }

    private static BuildKitVertex Vertex(ReadOnlySpan<byte> message)
    {
        BuildKitVertex vertex = new("", "", false, false, false, "");
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            vertex = reader.Field switch
            {
                1 => vertex with { Digest = Text(reader) },
                3 => vertex with { Name = Text(reader) },
                4 => vertex with { IsCached = reader.Number != 0 },
                5 => vertex with { HasStarted = true },
                6 => vertex with { HasCompleted = true },
                7 => vertex with { Error = Text(reader) },
                _ => vertex,
            };
        }

        return vertex;
    }

    private static BuildKitLog Log(ReadOnlySpan<byte> message)
    {
        BuildKitLog log = new("", "");
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            log = reader.Field switch
            {
                1 => log with { Vertex = Text(reader) },
                4 => log with { Text = reader.Text },
                _ => log,
            };
        }

        return log;
    }

    private static string Text(ProtoReader reader) => reader.Bytes.Length > MaxText ? System.Text.Encoding.UTF8.GetString(reader.Bytes[..MaxText]) : reader.Text;
}
