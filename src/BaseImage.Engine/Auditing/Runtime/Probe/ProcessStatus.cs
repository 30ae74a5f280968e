using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Auditing.Runtime.Probe;

/// <summary>The four ids that a process has of one kind.</summary>
/// <param name="Real">Whose process it is.</param>
/// <param name="Effective">Whom the kernel asks for in most checks.</param>
/// <param name="Saved">Whom the process can become again.</param>
/// <param name="FileSystem">Whom the kernel asks for at files.</param>
internal sealed record ProcessIds(long Real, long Effective, long Saved, long FileSystem)
{
    /// <summary>True where one of the four is root's.</summary>
    public bool HasRoot => Real == 0 || Effective == 0 || Saved == 0 || FileSystem == 0;

    /// <summary>The ids once where they are one, else each with its name.</summary>
    public override string ToString() => Real == Effective && Real == Saved && Real == FileSystem
        ? Real.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"real {Real}, effective {Effective}, saved {Saved}, file system {FileSystem}");
}

/// <summary>What the kernel says of a process's identity and powers. Source: proc_pid_status(5).</summary>
internal sealed record ProcessStatus
{
    /// <summary>Its id in the container's PID namespace.</summary>
    public required long Pid { get; init; }

    /// <summary>The program's name as the kernel keeps it: at most 15 bytes, chosen by the process itself.</summary>
    public required string Name { get; init; }

    /// <summary>Its users.</summary>
    public required ProcessIds Uids { get; init; }

    /// <summary>Its groups.</summary>
    public required ProcessIds Gids { get; init; }

    /// <summary>Its further groups.</summary>
    public required IReadOnlyList<long> Groups { get; init; }

    /// <summary>Capabilities that a program with the same ones in its file would keep.</summary>
    public required ulong Inheritable { get; init; }

    /// <summary>Capabilities that it may take up.</summary>
    public required ulong Permitted { get; init; }

    /// <summary>Capabilities that the kernel asks for.</summary>
    public required ulong Effective { get; init; }

    /// <summary>Capabilities that no program that it starts can have more than.</summary>
    public required ulong Bounding { get; init; }

    /// <summary>Capabilities that a program that it starts has at once; null before Linux 4.3.</summary>
    public ulong? Ambient { get; init; }

    /// <summary>Whether programs that it starts can gain privileges; null before Linux 4.10.</summary>
    public bool? NoNewPrivileges { get; init; }

    /// <summary>0 none, 1 strict, 2 filter; null where the kernel has no seccomp.</summary>
    public int? Seccomp { get; init; }

    /// <summary>R, S, D, T, Z and so on; a question mark where the kernel does not say.</summary>
    public char State { get; init; } = '?';

    /// <summary>The process that has to wait for it; 0 where that is outside of the container, or not known.</summary>
    public long Parent { get; init; }

    /// <summary>Bytes of memory that only it has, or shares with others that it works with, and that no file gives back; 0 where not known.</summary>
    public long OwnMemory { get; init; }

    /// <summary>Signals that it has a handler for: bit 0 is signal 1; null where not known.</summary>
    public ulong? CaughtSignals { get; init; }

    /// <summary>Signals that it ignores.</summary>
    public ulong? IgnoredSignals { get; init; }

    /// <summary>True where one of its users is root.</summary>
    public bool IsRoot => Uids.HasRoot;

    /// <summary>True where it has capabilities, or can take some up without starting another program.</summary>
    public bool IsCapable => (Permitted | Effective | (Ambient ?? 0)) != 0;

    /// <summary>Reads the file /proc/PID/status.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static ProcessStatus Parse(long pid, ReadOnlySpan<byte> text)
    {
        // The kernel writes line ends in names as \n, so every line that there is, is the kernel's own.
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string line in Encoding.Latin1.GetString(text).Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields.TryAdd(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
            }
        }

        return new ProcessStatus
        {
            Pid = pid,
            Name = Required(fields, "Name"),
            Uids = Ids(fields, "Uid"),
            Gids = Ids(fields, "Gid"),
            Groups = [.. Required(fields, "Groups").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(group => Number(group, "Groups"))],
            Inheritable = Mask(fields, "CapInh"),
            Permitted = Mask(fields, "CapPrm"),
            Effective = Mask(fields, "CapEff"),
            Bounding = Mask(fields, "CapBnd"),
            Ambient = fields.ContainsKey("CapAmb") ? Mask(fields, "CapAmb") : null,
            NoNewPrivileges = fields.TryGetValue("NoNewPrivs", out string? noNew) ? Number(noNew, "NoNewPrivs") == 1 : null,
            State = fields.GetValueOrDefault("State") is { Length: > 0 } state ? state[0] : '?',
            Parent = fields.TryGetValue("PPid", out string? parent) ? Number(parent, "PPid") : 0,
            OwnMemory = Kilobytes(fields, "RssAnon") + Kilobytes(fields, "RssShmem"),
            CaughtSignals = fields.ContainsKey("SigCgt") ? Mask(fields, "SigCgt") : null,
            IgnoredSignals = fields.ContainsKey("SigIgn") ? Mask(fields, "SigIgn") : null,
            Seccomp = fields.TryGetValue("Seccomp", out string? seccomp) ? (int)Number(seccomp, "Seccomp") : null,
        };
    }

    /// <summary>Who it is, for evidence: <c>process 7 (app)</c>.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"process {Pid} ({Name})");

    private static string Required(Dictionary<string, string> fields, string name)
        => fields.TryGetValue(name, out string? value) ? value : throw new InvalidDataException($"The kernel's status of a process has no '{name}'.");

    private static ProcessIds Ids(Dictionary<string, string> fields, string name)
    {
        long[] ids = [.. Required(fields, name).Split('\t', StringSplitOptions.RemoveEmptyEntries).Select(id => Number(id, name))];
        return ids.Length == 4 ? new ProcessIds(ids[0], ids[1], ids[2], ids[3]) : throw new InvalidDataException($"The kernel's status of a process has {ids.Length} ids in '{name}' where 4 belong.");
    }

    private static long Number(string text, string name)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw new InvalidDataException($"The kernel's status of a process has no number in '{name}'.");

    private static long Kilobytes(Dictionary<string, string> fields, string name)
        => fields.TryGetValue(name, out string? value) && long.TryParse(value.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long size) && size < 1L << 40 ? size << 10 : 0;

    private static ulong Mask(Dictionary<string, string> fields, string name)
        => ulong.TryParse(Required(fields, name), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : throw new InvalidDataException($"The kernel's status of a process has no mask in '{name}'.");
}
