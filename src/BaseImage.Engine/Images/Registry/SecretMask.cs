using System.Collections.Concurrent;
using System.Text;
using BaseImage.Engine.Images.Engines;

namespace BaseImage.Engine.Images.Registry;

/// <summary>Takes secrets out of what registries say, some of which repeat what they were sent.</summary>
internal sealed class SecretMask
{
    private const int Shortest = 4;
    private const int Most = 4096;
    private readonly ConcurrentQueue<string> _secrets = new();

    /// <summary>Something that no message may hold from now on, as it is or in Base64.</summary>
    internal void Add(string secret, string user = "")
    {
        if (secret.Length < Shortest)
        {
            return;
        }

        _secrets.Enqueue(secret);
        _secrets.Enqueue(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")));
        _secrets.Enqueue(Uri.EscapeDataString(secret));
        while (_secrets.Count > Most && _secrets.TryDequeue(out _))
        {
        }
    }

    /// <summary>A foreign text made fit for a message: one line, not long, without secrets.</summary>
    internal string Safe(string text)
    {
        foreach (string secret in _secrets.OrderByDescending(secret => secret.Length))
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return EngineText.Safe(text);
    }
}
