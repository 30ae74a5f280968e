using static BaseImage.Engine.Tests.Auditing.RuleAssert;

namespace BaseImage.Engine.Tests.Auditing;

public class ConfigurationRuleTests
{
    private static TestFacts Start(params string[] command) => Config(config => config with { Cmd = command, Env = ["PATH=/usr/bin:/bin"] });

    [Fact, Fires("BI1003"), Quiet("BI1003")]
    public void A_user_by_name_is_a_note()
    {
        Notes("BI1003", Config(config => config with { User = "app:app" }));
        Quiet("BI1003", Config(config => config with { User = "1000" }));
        Quiet("BI1003", Config(config => config with { User = "" }));
    }

    [Fact, Fires("BI1004"), Quiet("BI1004")]
    public void A_service_has_a_health_check()
    {
        Fails("BI1004", Config(config => config with { Cmd = ["/app"], ExposedPorts = ["8080/tcp"] }));
        Fails("BI1004", Config(config => config with { Entrypoint = ["/app"], ExposedPorts = ["8080/tcp"], Healthcheck = new ImageHealthcheck(["NONE"]) }));
        Notes("BI1004", Start("/app"));
        Notes("BI1004", new TestFacts());
        Quiet("BI1004", Config(config => config with { Cmd = ["/app"], Healthcheck = new ImageHealthcheck(["CMD", "/app", "--health"]) }));
    }

    [Fact, Fires("BI1005"), Quiet("BI1005")]
    public void The_exec_form_is_wanted()
    {
        Fails("BI1005", Start("/bin/sh", "-c", "app --flag"));
        Fails("BI1005", Config(config => config with { Entrypoint = ["sh", "-c", "app"] }));
        Notes("BI1005", Start("/bin/sh", "-c", "exec app"));
        Quiet("BI1005", Start("/app", "-c", "x"));
        Quiet("BI1005", Start("/bin/sh"));
    }

    [Fact, Fires("BI1006"), Quiet("BI1006")]
    public void The_program_is_there_and_may_run()
    {
        Fails("BI1006", Start("/app"), "/app");
        Fails("BI1006", Start("app"));
        Fails("BI1006", Start("/app").File("/app"), "/app");
        Fails("BI1006", Start("/app").File("/app", 0x1C0), "/app");
        Fails("BI1006", Start("/app").Directory("/app"), "/app");
        Fails("BI1006", Start("/app").File("/app", 0x1ED, interpreter: "/bin/bash"), "/app");
        Fails("BI1006", Start("/app").File("/app", 0x1ED, interpreter: "/usr/bin/env python3").Program("/usr/bin/env"), "/app");
        Notes("BI1006", new TestFacts());
        Quiet("BI1006", Start("app").Program("/usr/bin/app"));
        Quiet("BI1006", Start("/app").Link("/app", "usr/bin/real").Directory("/usr/bin").Program("/usr/bin/real"));
        Quiet("BI1006", Start("/app").File("/app", 0x1ED, interpreter: "/usr/bin/env -S python3 -u").Program("/usr/bin/env").Program("/usr/bin/python3"));
        Quiet("BI1006", Config(config => config with { WorkingDir = "/srv", Cmd = ["bin/app"] }).Program("/srv/bin/app"));
    }

    [Fact, Fires("BI1007"), Quiet("BI1007")]
    public void Its_user_cannot_change_the_program()
    {
        Fails("BI1007", Start("/app").File("/app", 0x1FF), "/app");
        Fails("BI1007", Start("/app").File("/app", 0x16D, uid: 65532), "/app");
        Fails("BI1007", Start("/srv/app").Directory("/srv", uid: 65532).Program("/srv/app"), "/srv/app");
        Fails("BI1007", Start("python3", "/srv/app.py").Program("/usr/bin/python3").File("/srv/app.py", uid: 65532), "/srv/app.py");
        Quiet("BI1007", Start("/app").Program("/app"));
        Quiet("BI1007", Start("/tmp/app").Directory("/tmp", 0x3FF).Program("/tmp/app"));
        Quiet("BI1007", Config(config => config with { User = "0", Cmd = ["/app"] }).File("/app", 0x1FF));
    }

    [Fact, Fires("BI1008"), Quiet("BI1008")]
    public void The_working_folder_is_one()
    {
        Fails("BI1008", Config(config => config with { WorkingDir = "srv" }));
        Fails("BI1008", Config(config => config with { WorkingDir = "/srv" }).File("/srv"), "/srv");
        Notes("BI1008", Config(config => config with { WorkingDir = "/srv" }));
        Quiet("BI1008", Config(config => config with { WorkingDir = "/srv/" }).File("/srv/a"));
        Quiet("BI1008", Config(config => config with { WorkingDir = "/" }));
    }

    [Fact, Fires("BI1009"), Quiet("BI1009")]
    public void Ports_of_administration_are_not_exposed()
    {
        Fails("BI1009", Config(config => config with { ExposedPorts = ["22/tcp"] }));
        Fails("BI1009", Config(config => config with { ExposedPorts = ["2375"] }));
        Quiet("BI1009", Config(config => config with { ExposedPorts = ["8080/tcp", "443/tcp"] }));
    }

    [Fact, Fires("BI1010"), Quiet("BI1010")]
    public void Ports_can_be_opened()
    {
        Fails("BI1010", Config(config => config with { ExposedPorts = ["80/tcp"] }));
        Fails("BI1010", Config(config => config with { User = "0", ExposedPorts = ["70000/tcp"] }));
        Fails("BI1010", Config(config => config with { ExposedPorts = ["http"] }));
        Quiet("BI1010", Config(config => config with { User = "", ExposedPorts = ["80/tcp"] }));
        Quiet("BI1010", Config(config => config with { ExposedPorts = ["8080/tcp"] }));
    }

    [Fact, Fires("BI1011"), Quiet("BI1011")]
    public void Volumes_are_for_data()
    {
        Fails("BI1011", Config(config => config with { Volumes = ["/proc/"] }), "/proc", Severity.High);
        Fails("BI1011", Config(config => config with { Volumes = ["/etc"] }), "/etc", Severity.Medium);
        Fails("BI1011", Config(config => config with { Volumes = ["/var/run/docker.sock"] }), "/var/run/docker.sock", Severity.High);
        Fails("BI1011", Config(config => config with { Volumes = ["data"] }), "", Severity.Low);
        Quiet("BI1011", Config(config => config with { Volumes = ["/var/lib/postgresql/data", "/etc/nginx/conf.d", "/device"] }));
    }

    [Fact, Fires("BI1012"), Quiet("BI1012")]
    public void The_stop_signal_can_be_caught()
    {
        foreach (string signal in new[] { "SIGKILL", "9", "SIGSTOP", "SIGNOPE", "0", "99" })
        {
            Fails("BI1012", Config(config => config with { StopSignal = signal }));
        }

        foreach (string? signal in new[] { null, "SIGTERM", "15", "quit", "SIGRTMIN+3", "RTMAX-1" })
        {
            Quiet("BI1012", Config(config => config with { StopSignal = signal }));
        }
    }

    [Fact, Fires("BI1013"), Quiet("BI1013")]
    public void Labels_that_a_policy_requires_are_there()
    {
        TestFacts facts = Config(config => config with { Labels = new Dictionary<string, string> { ["team"] = "web" } });
        AuditResult Row(string name, string value) => facts.Row("BI1013", Engine.Auditing.Policies.AuditPolicy.None with { Limits = new Engine.Auditing.Policies.PolicyLimits { RequiredLabels = new Dictionary<string, string> { [name] = value } } });
        Assert.Equal(AuditStatus.Fail, Row("team", "data*").Status);
        Assert.Equal(AuditStatus.Fail, Row("owner", "*").Status);
        Assert.Equal(AuditStatus.Pass, Row("team", "we?").Status);
        Notes("BI1013", facts);
        Quiet("BI1013", Config(config => config with { Labels = new[] { "title", "description", "source", "revision", "version", "licenses" }.ToDictionary(name => "org.opencontainers.image." + name, _ => "x") }));
    }

    [Theory, Fires("BI1014")]
    [InlineData("created", "yesterday")]
    [InlineData("created", "2026-01-02")]
    [InlineData("source", "our repository")]
    [InlineData("url", "/docs")]
    [InlineData("licenses", "MIT, Apache")]
    [InlineData("base.digest", "sha256:abc")]
    public void Labels_have_their_form(string name, string value) => Fails("BI1014", Config(config => config with { Labels = new Dictionary<string, string> { ["org.opencontainers.image." + name] = value } }));

    [Theory, Quiet("BI1014")]
    [InlineData("org.opencontainers.image.created", "2026-01-02T03:04:05Z")]
    [InlineData("org.opencontainers.image.created", "2026-01-02T03:04:05.123+01:00")]
    [InlineData("org.opencontainers.image.source", "https://git.example.org/a.git")]
    [InlineData("org.opencontainers.image.source", "git@git.example.org:a.git")]
    [InlineData("org.opencontainers.image.licenses", "MIT OR (Apache-2.0 AND GPL-2.0-or-later WITH Classpath-exception-2.0)")]
    [InlineData("source", "our repository")]
    public void Labels_that_have_it_are_left_alone(string name, string value) => Quiet("BI1014", Config(config => config with { Labels = new Dictionary<string, string> { [name] = value } }));

    [Fact, Fires("BI1026"), Quiet("BI1026")]
    public void Variables_are_well_formed()
    {
        AuditResult row = Fails("BI1026", Env("A=1", "nothing-but-a-value", "=x", "A B=1", "A=2"));
        Assert.Equal(4, row.Findings.Count);
        Assert.DoesNotContain("nothing-but-a-value", string.Concat(row.Findings), StringComparison.Ordinal);
        Quiet("BI1026", Env("A=1", "B=", "C=a=b"));
    }

    [Fact, Fires("BI1041"), Quiet("BI1041")]
    public void The_health_check_can_run()
    {
        Fails("BI1041", Config(config => config with { Healthcheck = new ImageHealthcheck(["CMD", "curl", "-f", "x"]) }));
        Fails("BI1041", Config(config => config with { Healthcheck = new ImageHealthcheck(["CMD-SHELL", "exit 0"]) }), "/bin/sh");
        Quiet("BI1041", Config(config => config with { Healthcheck = new ImageHealthcheck(["CMD-SHELL", "exit 0"]) }).Program("/bin/sh"));
        Quiet("BI1041", Config(config => config with { Healthcheck = new ImageHealthcheck(["NONE"]) }));
        Quiet("BI1041", new TestFacts());
    }
}
