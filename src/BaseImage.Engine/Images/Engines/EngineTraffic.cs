namespace BaseImage.Engine.Images.Engines;

/// <summary>What went between us and an engine, so that tests and -Verbose can tell.</summary>
internal sealed class EngineTraffic
{
    private long _requests;
    private long _exports;
    private long _received;

    /// <summary>Requests that were sent.</summary>
    internal long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests for images' layers among them.</summary>
    internal long Exports => Interlocked.Read(ref _exports);

    /// <summary>Bytes of answers that were read.</summary>
    internal long BytesReceived => Interlocked.Read(ref _received);

    internal void Sent(bool export)
    {
        Interlocked.Increment(ref _requests);
        if (export)
        {
            Interlocked.Increment(ref _exports);
        }
    }

    internal void Received(int bytes) => Interlocked.Add(ref _received, bytes);
}
