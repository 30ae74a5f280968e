using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images.Engines;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>The probe beside a container that runs, for as long as that runs: it says what its processes touch.</summary>
internal sealed class TraceSideCar : IAsyncDisposable
{
    private readonly RunSession _session;
    private readonly string _id;
    private readonly Stream _stream;
    private readonly ProbeReader _reader = new();
    private readonly CancellationTokenSource _stop;
    private readonly Task _reading;

    private TraceSideCar(RunSession session, string id, Stream stream, CancellationToken cancellationToken)
    {
        (_session, _id, _stream) = (session, id, stream);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _reading = EngineOutput.ReadAsync(stream, Take, _stop.Token);
    }

    /// <summary>Puts it beside a container that has just been started.</summary>
    /// <exception cref="Errors.EngineRequestFailedException">The engine cannot, for instance because the container has ended.</exception>
    public static async Task<TraceSideCar> BeginAsync(RunSession session, string container, CancellationToken cancellationToken)
    {
        string id = await session.CreateAsync(session.TracingPlan(container, RunLabels.Lease / 2), cancellationToken).ConfigureAwait(false);
        try
        {
            Stream stream = await session.Engine.Containers.AttachAsync(id, cancellationToken).ConfigureAwait(false);
            TraceSideCar sideCar = new(session, id, stream, cancellationToken);
            try
            {
                await session.Engine.Containers.StartAsync(id, cancellationToken).ConfigureAwait(false);
                return sideCar;
            }
            catch
            {
                await sideCar.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch
        {
            await session.RemoveAsync(id).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes it away; what it said until then.</summary>
    /// <exception cref="InvalidDataException">That is not what the probe says.</exception>
    public async Task<Touches> EndAsync()
    {
        await _session.RemoveAsync(_id).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await ContainerRunner.Quietly(_reading).ConfigureAwait(false);
        return _reading is { IsFaulted: true, Exception.InnerException: InvalidDataException invalid } ? throw invalid : _reader.Report.Touches;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _session.RemoveAsync(_id).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await ContainerRunner.Quietly(_reading).ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private bool Take(int kind, ReadOnlyMemory<byte> bytes)
    {
        if (kind == 1)
        {
            _reader.Feed(bytes.Span);
        }

        return true;
    }
}
