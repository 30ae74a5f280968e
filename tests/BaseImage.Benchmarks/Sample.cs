namespace BaseImage.Benchmarks;

/// <summary>What one run took.</summary>
/// <param name="Seconds">Elapsed time.</param>
/// <param name="ProcessorSeconds">User and system time of all its processes.</param>
/// <param name="PeakBytes">The largest resident set of one of its processes; 0 where nobody knows.</param>
/// <param name="OutputBytes">What it made; 0 where that means nothing.</param>
internal readonly record struct Sample(double Seconds, double ProcessorSeconds, long PeakBytes = 0, long OutputBytes = 0);

/// <summary>Something to measure.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Run">Runs it once; given the number of the run, from 0 (the warm-up).</param>
internal sealed record Row(string Name, Func<int, Task<Sample>> Run)
{
    /// <summary>The row whose time is divided by this one's; null for the peers themselves.</summary>
    public string? Peer { get; init; }

    /// <summary>How many times faster than its peer it has to be; 0 for no target.</summary>
    public double Target { get; init; }

    /// <summary>The most seconds that it may take; 0 for no limit.</summary>
    public double MaximumSeconds { get; init; }

    /// <summary>The most bytes that its largest process may have resident; 0 for no limit.</summary>
    public long MaximumPeak { get; init; }
}
