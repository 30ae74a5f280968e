using System.Text;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>Keeps the end of what a program writes, however much it is.</summary>
internal sealed class OutputTail
{
    private const int MaximumBytes = 4096;
    private const int MaximumLines = 5;
    private const int MaximumLine = 160;
    private readonly byte[] _ring = new byte[MaximumBytes];
    private long _total;

    /// <summary>Takes some more.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaximumBytes)
        {
            _total += bytes.Length - MaximumBytes;
            bytes = bytes[^MaximumBytes..];
        }

        foreach (byte value in bytes)
        {
            _ring[_total++ % MaximumBytes] = value;
        }
    }

    /// <summary>The last lines that say anything, parted by ' | '; control characters and secrets are for whoever shows it.</summary>
    public override string ToString()
    {
        int size = (int)Math.Min(_total, MaximumBytes);
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++)
        {
            bytes[i] = _ring[(_total - size + i) % MaximumBytes];
        }

        IEnumerable<string> lines = Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
        return string.Join(" | ", lines.TakeLast(MaximumLines).Select(line => line.Length > MaximumLine ? line[..MaximumLine] + "…" : line));
    }
}
