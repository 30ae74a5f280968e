using System.Globalization;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>Tries again what may pass: with growing waits, half of each chance, and never longer than is asked and bearable.</summary>
internal static class RegistryRetry
{
    /// <summary>Does something, again where it failed in a way that may pass.</summary>
    /// <param name="options">How often and how long.</param>
    /// <param name="registry">How the error calls the registry.</param>
    /// <param name="what">What is done, as <c>give the manifest of x</c>.</param>
    /// <param name="action">Does it; throws <see cref="RegistryFailureException"/> for what may pass.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="RegistryUnavailableException">It did not pass.</exception>
    internal static async Task<T> RunAsync<T>(RegistryOptions options, string registry, string what, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (RegistryFailureException e)
            {
                if (attempt >= options.Attempts)
                {
                    throw new RegistryUnavailableException(registry, what, e.Message, e.InnerException);
                }

                await WaitAsync(options, attempt, e.RetryAfter, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits before the next attempt.</summary>
    internal static Task WaitAsync(RegistryOptions options, int attempt, TimeSpan? asked, CancellationToken cancellationToken)
    {
        TimeSpan wait = options.BackOff * (Math.Pow(2, Math.Min(attempt - 1, 16)) * (0.5 + Random.Shared.NextDouble()));
        wait = asked is { } longer && longer > wait ? longer : wait;
        return Task.Delay(wait < options.LongestBackOff ? wait : options.LongestBackOff, options.Time, cancellationToken);
    }

    /// <summary>True of answers that may be others next time.</summary>
    internal static bool IsTransient(HttpResponseMessage response) => (int)response.StatusCode is 408 or 425 or 429 or 500 or 502 or 503 or 504;

    /// <summary>Such an answer as a failure; the answer is disposed of.</summary>
    internal static RegistryFailureException Failure(HttpResponseMessage response, RegistryOptions options)
    {
        using (response)
        {
            TimeSpan? after = response.Headers.RetryAfter is { } retry ? retry.Delta ?? (retry.Date - options.Time.GetUtcNow()) : null;
            return new RegistryFailureException(string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}"), null, after);
        }
    }
}

/// <summary>Reads answers that are documents, within limits of size and time.</summary>
internal static class RegistryBody
{
    /// <summary>Reads an answer whole.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="registry">How errors call the registry.</param>
    /// <param name="what">What it is, as <c>a token</c>.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="options">How patient to be.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ImageLimitExceededException">It is larger.</exception>
    /// <exception cref="RegistryFailureException">It did not come whole.</exception>
    internal static async Task<byte[]> ReadAsync(HttpResponseMessage response, string registry, string what, int limit, RegistryOptions options, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            throw TooLarge(registry, what, limit);
        }

        using Engines.IdleClock clock = new(options.IdleTimeout, cancellationToken);
        try
        {
            Stream body = await response.Content.ReadAsStreamAsync(clock.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                using MemoryStream whole = new();
                byte[] buffer = new byte[16 << 10];
                long begin = options.Time.GetTimestamp();
                while (true)
                {
                    clock.Restart();
                    int count = await body.ReadAsync(buffer, clock.Token).ConfigureAwait(false);
                    if (count == 0)
                    {
                        return whole.ToArray();
                    }

                    await whole.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
                    TimeSpan elapsed = options.Time.GetElapsedTime(begin);
                    if (whole.Length > limit)
                    {
                        throw TooLarge(registry, what, limit);
                    }

                    if (elapsed > options.SlowGrace && whole.Length < elapsed.TotalSeconds * options.MinimumBytesPerSecond)
                    {
                        throw new RegistryFailureException("what it sends comes too slowly");
                    }
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFailureException("its answer stopped coming");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RegistryFailureException("the connection was cut", e);
        }
    }

    private static ImageLimitExceededException TooLarge(string registry, string what, int limit)
        => new(registry, string.Create(CultureInfo.InvariantCulture, $"it sends {what} of more than {limit} bytes"));
}
