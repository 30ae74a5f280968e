namespace BaseImage.Engine.Images.Registry;

/// <summary>How patient with a registry one is, and how much of it is taken.</summary>
internal sealed record RegistryOptions
{
    /// <summary>How long a connection may take to open.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing may move.</summary>
    internal TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a registry may think about what it was sent whole: it may hash many gigabytes before it answers.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a download may stay below <see cref="MinimumBytesPerSecond"/> on average, from its start.</summary>
    internal TimeSpan SlowGrace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The least bytes a second, on average, once the grace is over.</summary>
    internal long MinimumBytesPerSecond { get; init; } = 1024;

    /// <summary>How often one thing is asked for, and how often in a row a transfer is taken up again that gets nowhere.</summary>
    internal int Attempts { get; init; } = 6;

    /// <summary>The wait before the second attempt; it doubles with each, and half of it either way is chance.</summary>
    internal TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait, whatever Retry-After asks for.</summary>
    internal TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many redirects are followed.</summary>
    internal int Redirects { get; init; } = 5;

    /// <summary>Blobs of more bytes are sent in pieces of so many, each of which can be taken up again.</summary>
    internal long ChunkBytes { get; init; } = 64 << 20;

    /// <summary>Transfers at once.</summary>
    internal int Transfers { get; init; } = 4;

    /// <summary>The most bytes of an answer that is no manifest and no blob: an error, a token, a page of tags.</summary>
    internal int MaxAnswerBytes { get; init; } = 4 << 20;

    /// <summary>The most pages, and names on all of them, of a list.</summary>
    internal int MaxPages { get; init; } = 10_000;

    /// <summary>The most names on all pages of a list.</summary>
    internal int MaxNames { get; init; } = 500_000;

    /// <summary>The clock that waits and expiries go by.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
