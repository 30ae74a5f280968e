using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Inspection;

/// <summary>
/// Reads file capabilities from the attribute <c>security.capability</c> and writes them in libcap's words.
/// Sources: linux/capability.h (struct vfs_cap_data, revisions 1 to 3), capabilities(7), and cap_to_text(3) of libcap 2.66.
/// </summary>
internal static class FileCapabilities
{
    /// <summary>The attribute's name.</summary>
    internal const string Attribute = "security.capability";

    private const int Effective = 1, Permitted = 2, Inheritable = 4;

    private static readonly string[] Names =
    [
        "cap_chown", "cap_dac_override", "cap_dac_read_search", "cap_fowner", "cap_fsetid", "cap_kill", "cap_setgid", "cap_setuid",
        "cap_setpcap", "cap_linux_immutable", "cap_net_bind_service", "cap_net_broadcast", "cap_net_admin", "cap_net_raw", "cap_ipc_lock", "cap_ipc_owner",
        "cap_sys_module", "cap_sys_rawio", "cap_sys_chroot", "cap_sys_ptrace", "cap_sys_pacct", "cap_sys_admin", "cap_sys_boot", "cap_sys_nice",
        "cap_sys_resource", "cap_sys_time", "cap_sys_tty_config", "cap_mknod", "cap_lease", "cap_audit_write", "cap_audit_control", "cap_setfcap",
        "cap_mac_override", "cap_mac_admin", "cap_syslog", "cap_wake_alarm", "cap_block_suspend", "cap_audit_read", "cap_perfmon", "cap_bpf",
        "cap_checkpoint_restore",
    ];

    /// <summary>
    /// The attribute as getcap prints it, for instance <c>cap_net_raw=ep</c>; for bytes that are no such attribute
    /// <c>invalid:</c> and their hexadecimal digits, since a kernel that learns more might take them.
    /// </summary>
    internal static string Format(ReadOnlySpan<byte> value)
    {
        uint magic = value.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;
        (int words, int length) = (magic >> 24) switch { 1 => (1, 12), 2 => (2, 20), 3 => (2, 24), _ => (0, -1) };
        if (value.Length != length)
        {
            return "invalid:" + Convert.ToHexString(value).ToLowerInvariant();
        }

        ulong permitted = 0, inheritable = 0;
        for (int i = 0; i < words; i++)
        {
            permitted |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(value[(4 + (8 * i))..]) << (32 * i);
            inheritable |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(value[(8 + (8 * i))..]) << (32 * i);
        }

        int[] states = new int[64];
        for (int i = 0; i < 64; i++)
        {
            int state = ((permitted >> i & 1) != 0 ? Permitted : 0) | ((inheritable >> i & 1) != 0 ? Inheritable : 0);
            states[i] = state != 0 && (magic & 1) != 0 ? state | Effective : state;
        }

        string root = length == 24 ? string.Create(CultureInfo.InvariantCulture, $" [rootid={BinaryPrimitives.ReadUInt32LittleEndian(value[20..])}]") : "";
        return Text(states) + root;
    }

    // As cap_to_text does it: what most capabilities have in common comes first, then what differs from it.
    private static string Text(int[] states)
    {
        int[] count = new int[8];
        foreach (int state in states.AsSpan(0, Names.Length))
        {
            count[state]++;
        }

        int common = 7;
        for (int state = 6; state >= 0; state--)
        {
            common = count[state] >= count[common] ? state : common;
        }

        StringBuilder text = new("=" + Flags(common));
        bool bare = common == 0;
        for (int state = 7; state >= 0; state--)
        {
            if (state == common || count[state] == 0)
            {
                continue;
            }

            string names = string.Join(',', Enumerable.Range(0, Names.Length).Where(i => states[i] == state).Select(i => Names[i]));
            string plus = Flags(state & ~common), minus = Flags(~state & common);
            if (bare && plus.Length > 0)
            {
                text.Clear().Append(names).Append('=').Append(plus);
                bare = false;
                continue;
            }

            text.Append(' ').Append(names).Append(plus.Length > 0 ? "+" + plus : "").Append(minus.Length > 0 ? "-" + minus : "");
        }

        for (int state = 7; state > 0; state--)
        {
            int[] unnamed = [.. Enumerable.Range(Names.Length, 64 - Names.Length).Where(i => states[i] == state)];
            if (unnamed.Length > 0)
            {
                text.Append(' ').AppendJoin(',', unnamed.Select(i => i.ToString(CultureInfo.InvariantCulture))).Append('+').Append(Flags(state));
            }
        }

        return text.ToString();
    }

    private static string Flags(int state) => ((state & Effective) != 0 ? "e" : "") + ((state & Inheritable) != 0 ? "i" : "") + ((state & Permitted) != 0 ? "p" : "");
}
