using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Tests.Auditing;

public class SurfaceTests
{
    [Fact]
    public void Everything_is_counted_once()
    {
        TestFacts facts = new TestFacts { Config = new ImageConfig { User = "app", ExposedPorts = ["80/tcp", "443/tcp"] } }
            .Directory("/usr/bin").Directory("/open", mode: 0x1FF).Directory("/tmp", mode: 0x3FF)
            .Program("/usr/bin/dash").Link("/bin/sh", "/usr/bin/dash").Program("/usr/bin/su", mode: 0x9ED)
            .File("/usr/bin/ping", mode: 0x1ED, capabilities: "cap_net_raw=ep", program: ProgramKind.Elf)
            .File("/usr/bin/start", mode: 0x1ED, program: ProgramKind.Script)
            .File("/usr/share/data", size: 100)
            .File("/etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\napp:x:1:1::/:/usr/sbin/nologin\nodd:x:2:2::/:/bin/none\nplain:x:3:3::/:\nshort\n");
        AttackSurface surface = Measure(facts.Build());
        Assert.Equal((2, 1, 1, 1, 2), (surface.ExposedPorts, surface.SetIdFiles, surface.CapabilityFiles, surface.Shells, surface.LoginAccounts));
        Assert.Equal(["plain", "root"], surface.LoginAccountNames!);
        Assert.Equal(["/usr/bin/dash"], surface.ShellPaths!);
        Assert.Equal(["/open"], surface.WorldWritablePaths!);
        Assert.Equal(4, surface.Executables);
        Assert.Equal((6, 105), (surface.Files, surface.Size));
        Assert.Equal("app", surface.User);
    }

    [Fact]
    public void What_was_not_looked_at_has_no_number()
    {
        AttackSurface surface = Measure(new TestFacts { Platform = new Platform("windows", "amd64"), Config = new ImageConfig { ExposedPorts = ["80/tcp"] } }.Build(withFiles: false));
        Assert.Equal(1, surface.ExposedPorts);
        Assert.All(new object?[] { surface.Size, surface.HiddenSize, surface.Files, surface.Packages, surface.Executables, surface.SetIdFiles, surface.CapabilityFiles, surface.Shells, surface.Interpreters, surface.UnusedLibraries, surface.WorldWritable, surface.LoginAccounts }, Assert.Null);
    }

    private static AttackSurface Measure(ImageFacts facts) => new SurfaceMeasure(null!, RuleCatalogue.Instance).Measure(facts, TestContext.Current.CancellationToken);
}
