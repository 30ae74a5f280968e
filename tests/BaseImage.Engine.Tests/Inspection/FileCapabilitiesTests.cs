using BaseImage.Engine.Inspection;

namespace BaseImage.Engine.Tests.Inspection;

public class FileCapabilitiesTests
{
    /// <summary>What getcap of libcap 2.66 printed for files with these attributes.</summary>
    [Theory]
    [InlineData("0100000200200000000000000000000000000000", "cap_net_raw=ep")]
    [InlineData("0000000200200000000000000000000000000000", "cap_net_raw=p")]
    [InlineData("0100000200240000000000000000000000000000", "cap_net_bind_service,cap_net_raw=ep")]
    [InlineData("01000002ffffffff00000000ff01000000000000", "=ep")]
    [InlineData("00000002ffffffff00000000ff01000000000000", "=p")]
    [InlineData("01000002ffffffffffffffffff010000ff010000", "=eip")]
    [InlineData("01000002ffffdfff00000000ff01000000000000", "=ep cap_sys_admin-ep")]
    [InlineData("0100000200200000010000000000000000000000", "cap_chown=ei cap_net_raw+ep")]
    [InlineData("0000000200200000010000000000000000000000", "cap_chown=i cap_net_raw+p")]
    [InlineData("0100000201200000010000000000000000000000", "cap_chown=eip cap_net_raw+ep")]
    [InlineData("0000000200000000002000000000000000000000", "cap_net_raw=i")]
    [InlineData("0100000200000000002000000000000000000000", "cap_net_raw=ei")]
    [InlineData("01000002ffff3f00000000000000000000000000", "=ep cap_sys_boot,cap_sys_nice,cap_sys_resource,cap_sys_time,cap_sys_tty_config,cap_mknod,cap_lease,cap_audit_write,cap_audit_control,cap_setfcap,cap_mac_override,cap_mac_admin,cap_syslog,cap_wake_alarm,cap_block_suspend,cap_audit_read,cap_perfmon,cap_bpf,cap_checkpoint_restore-ep")]
    [InlineData("0100000200000000000000004000000000000000", "cap_perfmon=ep")]
    [InlineData("0100000200000000000000000002000000000000", "= 41+ep")]
    [InlineData("0100000201000000000000000000008000000000", "cap_chown=ep 63+ep")]
    [InlineData("01000002ffffffff00000000ffffffff00000000", "=ep 41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63+ep")]
    [InlineData("0100000200000000000000000000000000000000", "=")]
    [InlineData("0100000300200000000000000000000000000000e8030000", "cap_net_raw=ep [rootid=1000]")]
    public void SaysWhatGetcapSays(string attribute, string expected) => Assert.Equal(expected, FileCapabilities.Format(Convert.FromHexString(attribute)));

    [Fact]
    public void ReadsTheFirstRevisionThatKernelsNoLongerTake()
        => Assert.Equal("cap_net_raw=ep", FileCapabilities.Format(Convert.FromHexString("010000010020000000000000")));

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("01000002")]
    [InlineData("01000004002000000000000000000000")]
    [InlineData("010000020020000000000000000000000000000000")]
    [InlineData("0100000300200000000000000000000000000000")]
    public void AnotherShapeIsShownAndNeverHidden(string attribute) => Assert.Equal("invalid:" + attribute, FileCapabilities.Format(Convert.FromHexString(attribute)));
}
