using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// What everything that a run or a build makes in an engine is labelled with, so that it can be found and its owner be asked after:
/// the run, the process that owns it and until when it may live. Host names do not leave the machine: the owner's host is
/// a hash.
/// </summary>
internal sealed record RunLabels
{
    private static readonly ConcurrentDictionary<string, bool> s_live = new(StringComparer.Ordinal);

    /// <summary>The label with the run's id; whatever has it is ours.</summary>
    public const string Run = "org.baseimage.run";

    /// <summary>The label with the owner: host, process and when that process began.</summary>
    public const string Owner = "org.baseimage.owner";

    /// <summary>The label with the time from which on nobody owns it, in seconds since 1970-01-01 UTC.</summary>
    public const string Expires = "org.baseimage.expires";

    /// <summary>The label with when it was made, in seconds since 1970-01-01 UTC.</summary>
    public const string Created = "org.baseimage.created";

    /// <summary>How long a run can last at most; a run ends itself before.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromHours(1);

    /// <summary>The run's id: 12 random hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Says that a run of this process begins: what has its label is owned from now on.</summary>
    public static void Begin(string id) => s_live[id] = true;

    /// <summary>Says that a run of this process is over: what still has its label is left over.</summary>
    public static void End(string id) => s_live.TryRemove(id, out _);

    /// <summary>Labels of a new run of this process.</summary>
    public static RunLabels New(TimeProvider time)
    {
        string id = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6)).ToLowerInvariant();
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        return new RunLabels
        {
            Id = id,
            Labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [Run] = id,
                [Owner] = Self,
                [Created] = now.ToString(CultureInfo.InvariantCulture),
                [Expires] = (now + (long)Lease.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    /// <summary>
    /// True where nobody is left who would remove it: its time is over, which is all that can be said of another machine's,
    /// or its process on this machine has ended.
    /// </summary>
    public static bool IsAbandoned(IReadOnlyDictionary<string, string> labels, TimeProvider time)
    {
        // A label that says nothing readable was not made by a living run.
        if (!labels.TryGetValue(Expires, out string? expires) || !long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long until)
            || time.GetUtcNow().ToUnixTimeSeconds() > until)
        {
            return true;
        }

        if (labels.GetValueOrDefault(Owner) == Self)
        {
            return !labels.TryGetValue(Run, out string? run) || !s_live.ContainsKey(run);
        }

        string[] owner = labels.TryGetValue(Owner, out string? text) ? text.Split(':') : [];
        return owner.Length == 3 && owner[0] == Host && int.TryParse(owner[1], NumberStyles.None, CultureInfo.InvariantCulture, out int process) && !IsAlive(process, owner[2]);
    }

    // A process id means something on one machine, until it is started again, and on Linux in one PID namespace.
    private static string Host { get; } = HostNow();

    private static string Self { get; } = OwnerOf(Process.GetCurrentProcess());

    private static string OwnerOf(Process process)
    {
        using (process)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Host}:{process.Id}:{Beginning(process)}");
        }
    }

    private static string HostNow()
    {
        string text = Environment.MachineName;
        if (OperatingSystem.IsLinux())
        {
            text += "\0" + Read("/proc/sys/kernel/random/boot_id") + "\0" + (new FileInfo("/proc/self/ns/pid").LinkTarget ?? "");
        }

        return Digest.Of(Encoding.UTF8.GetBytes(text)).Hex[..16];
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool IsAlive(int id, string beginning)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return Beginning(process) is var now && (now == beginning || now.Length == 0);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    // On Linux the kernel's own number: .NET reckons a time from it, which moves when the clock is set.
    private static string Beginning(Process process)
    {
        if (OperatingSystem.IsLinux())
        {
            string stat = Read($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

            // A killed process whose parent has not asked after it still has a number, and owns nothing.
            return fields.Length > 19 ? fields[0] is "Z" or "X" ? "ended" : fields[19] : "";
        }

        try
        {
            return (process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
