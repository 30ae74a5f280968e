namespace BaseImage.Engine.Packages;

/// <summary>How patient downloads are.</summary>
internal sealed record ArchiveClientOptions
{
    /// <summary>How long a connection may take to open.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing may arrive.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a download may stay below <see cref="MinimumBytesPerSecond"/> on average, from its start.</summary>
    public TimeSpan SlowGrace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The least bytes a second, on average, once the grace is over.</summary>
    public long MinimumBytesPerSecond { get; init; } = 1024;

    /// <summary>How often one mirror is asked for one file.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second attempt; it doubles with each, and half of it either way is chance.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait, whatever a server's Retry-After asks for.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many redirects are followed.</summary>
    public int Redirects { get; init; } = 5;

    /// <summary>Waits between attempts.</summary>
    public Func<TimeSpan, CancellationToken, Task> Wait { get; init; } = Task.Delay;
}
