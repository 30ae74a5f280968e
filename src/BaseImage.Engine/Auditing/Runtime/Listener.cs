using System.Globalization;
using System.Net;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>A socket that takes what others send. Source: proc_pid_net(5).</summary>
/// <param name="Protocol">tcp, udp or unix.</param>
/// <param name="Port">The port; 0 for unix.</param>
/// <param name="Address">The address, or a unix socket's abstract name.</param>
/// <param name="IsLoopback">True where only the container itself can reach it.</param>
internal sealed record Listener(string Protocol, int Port, string Address, bool IsLoopback)
{
    private const int MaximumListeners = 1_000;
    private const string Listening = "0A", Bound = "07";

    /// <summary>The files that tell.</summary>
    public static IReadOnlyList<string> Files { get; } = ["/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6", "/proc/net/unix"];

    /// <summary>Port and protocol, or the name.</summary>
    public override string ToString() => Protocol == "unix" ? $"the abstract unix socket '@{Address}'" : string.Create(CultureInfo.InvariantCulture, $"{Port}/{Protocol} on {Address}");

    /// <summary>True of a port that the kernel chooses, as for the answers to what a program sends.</summary>
    public bool IsEphemeral => Protocol == "udp" && Port >= 32768;

    /// <summary>What a report has of them, each once.</summary>
    public static IReadOnlyList<Listener> Of(ProbeReport report) =>
    [
        .. Inet(report, "tcp", Listening).Concat(Inet(report, "udp", Bound)).Concat(Unix(report)).Distinct().Take(MaximumListeners)
            .OrderBy(listener => listener.Protocol, StringComparer.Ordinal).ThenBy(listener => listener.Port).ThenBy(listener => listener.Address, StringComparer.Ordinal),
    ];

    // "sl local_address rem_address st ...", addresses as words of the machine's byte order, which is little endian for both probes.
    private static IEnumerable<Listener> Inet(ProbeReport report, string protocol, string state)
    {
        foreach (string file in new[] { "/proc/net/" + protocol, $"/proc/net/{protocol}6" })
        {
            foreach (string[] fields in Lines(report, file).Where(fields => fields.Length > 3 && fields[3] == state))
            {
                string[] parts = fields[1].Split(':');
                if (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= ushort.MaxValue && AddressOf(parts[0]) is { } address)
                {
                    bool isLoopback = IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
                    yield return new Listener(protocol, port, address.ToString(), isLoopback);
                }
            }
        }
    }

    private static IPAddress? AddressOf(string hex)
    {
        if (hex.Length is not (8 or 32) || !hex.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        byte[] bytes = Convert.FromHexString(hex);
        for (int i = 0; i < bytes.Length; i += 4)
        {
            Array.Reverse(bytes, i, 4);
        }

        return new IPAddress(bytes);
    }

    // "Num RefCount Protocol Flags Type St Inode Path"; the flag 00010000 says that it takes connections.
    private static IEnumerable<Listener> Unix(ProbeReport report)
        => Lines(report, "/proc/net/unix").Where(fields => fields.Length > 7 && fields[3] == "00010000" && fields[7].StartsWith('@'))
            .Select(fields => new Listener("unix", 0, fields[7][1..], false));

    private static IEnumerable<string[]> Lines(ProbeReport report, string file)
        => (report.Text(file) ?? "").Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
