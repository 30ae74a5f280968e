using BaseImage.Engine.Auditing;
using FsCheck;
using FsCheck.Fluent;
using static BaseImage.Engine.Tests.Auditing.RuleAssert;

namespace BaseImage.Engine.Tests.Auditing;

public class HistoryRuleTests
{
    private static TestFacts Steps(params string[] steps)
    {
        TestFacts facts = new();
        facts.History.AddRange(steps.Select(step => new ImageHistory(TestFacts.Epoch, step, "", false)));
        return facts;
    }

    // As the classic builder, the classic builder with build arguments, BuildKit and Buildah write a RUN.
    private static IEnumerable<TestFacts> Runs(string line) =>
        [Steps("/bin/sh -c " + line), Steps($"|2 A=b C=d e /bin/sh -c {line}"), Steps($"RUN /bin/sh -c {line} # buildkit"), Steps($"RUN |1 A=b /bin/sh -c {line} # buildkit"), Steps($"/bin/bash -o pipefail -c {line}")];

    private static void RunFails(string rule, string line)
    {
        foreach (TestFacts facts in Runs(line))
        {
            Fails(rule, facts);
        }
    }

    private static void RunIsQuiet(string rule, string line)
    {
        foreach (TestFacts facts in Runs(line))
        {
            Quiet(rule, facts);
        }
    }

    [Theory]
    [InlineData("/bin/sh -c #(nop) ADD file:abc in / ", "ADD", "file:abc in /")]
    [InlineData("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD", "[\"sh\"]")]
    [InlineData("COPY a /b # buildkit", "COPY", "a /b")]
    [InlineData("RUN /bin/sh -c make # buildkit", "RUN", "make")]
    [InlineData("RUN |1 A=b /bin/sh -c make # buildkit", "RUN", "make")]
    [InlineData("|1 A=b /bin/sh -c make", "RUN", "make")]
    [InlineData("/bin/sh -c make", "RUN", "make")]
    [InlineData("bazel build ...", "", "bazel build ...")]
    [InlineData("", "", "")]
    public void Steps_are_read_as_builders_write_them(string createdBy, string instruction, string text)
    {
        HistoryStep step = HistorySteps.Parse(1, createdBy);
        Assert.Equal((instruction, text), (step.Instruction, step.Text));
    }

    [Fact]
    public void No_text_breaks_a_step()
        => Prop.ForAll(Gen.Elements("/bin/sh -c ", "|1 ", "RUN ", "#(nop)", " # buildkit", "ADD", "'", "\"", "$(", "`", "&&", "|", "<<E\n", "\\", "\n", "apt-get", "curl", "sh").ListOf().Select(parts => string.Concat(parts)).ToArbitrary(), text =>
        {
            HistoryStep step = HistorySteps.Parse(1, text);
            Assert.NotNull(step.Commands);
        }).QuickCheckThrowOnFailure();

    [Fact, Fires("BI1015"), Quiet("BI1015")]
    public void Made_in_the_future()
    {
        Fails("BI1015", new TestFacts { Created = TestFacts.Epoch.AddYears(1) });
        Notes("BI1015", new TestFacts { Created = DateTimeOffset.UnixEpoch });
        Quiet("BI1015", new TestFacts());
        Quiet("BI1015", new TestFacts { Created = null });
    }

    [Fact, Fires("BI1016"), Quiet("BI1016")]
    public void Tagged_latest()
    {
        Fails("BI1016", new TestFacts { Tags = ["latest"], Transport = "docker-daemon:" });
        Notes("BI1016", new TestFacts { Tags = ["latest"] });
        Notes("BI1016", new TestFacts { Tags = ["1.2", "latest"] });
        Quiet("BI1016", new TestFacts { Tags = ["1.2"] });
        Quiet("BI1016", new TestFacts());
    }

    [Fact, Fires("BI1029"), Quiet("BI1029")]
    public void Added_from_an_address()
    {
        Fails("BI1029", Steps("ADD https://get.example.org/x /x # buildkit"));
        Fails("BI1029", Steps("/bin/sh -c #(nop) ADD http://get.example.org/x in /x "));
        Quiet("BI1029", Steps("/bin/sh -c #(nop) ADD file:0123 in / ", "COPY https.conf /etc/ # buildkit", "/bin/sh -c echo ADD https://x"));
    }

    [Fact, Fires("BI1030"), Quiet("BI1030")]
    public void Added_where_it_could_be_copied()
    {
        Fails("BI1030", Steps("/bin/sh -c #(nop) ADD file:01 in / ", "/bin/sh -c #(nop) ADD file:02 in /x "));
        Fails("BI1030", Steps("RUN /bin/sh -c true # buildkit", "ADD a /b # buildkit"));
        Quiet("BI1030", Steps("/bin/sh -c #(nop) ADD file:01 in / ", "COPY a /b # buildkit"));
    }

    [Fact, Fires("BI1031"), Quiet("BI1031")]
    public void Lists_are_fetched_alone()
    {
        RunFails("BI1031", "apt-get update");
        RunFails("BI1031", "set -eux; apt-get -qq update; rm -rf /tmp/x");
        RunFails("BI1031", "apk update");
        RunIsQuiet("BI1031", "apt-get update && apt-get install -y curl");
        RunIsQuiet("BI1031", "apt-get update; \\\n  apt-get install -y --no-install-recommends curl");
        RunIsQuiet("BI1031", "echo apt-get update");
        RunIsQuiet("BI1031", "update-alternatives --all");
    }

    [Fact, Fires("BI1032"), Quiet("BI1032")]
    public void Everything_is_upgraded()
    {
        RunFails("BI1032", "apt-get update && apt-get -y dist-upgrade");
        RunFails("BI1032", "zypper dup");
        Notes("BI1032", Steps("/bin/sh -c apt-get update && apt-get upgrade -y"));
        RunIsQuiet("BI1032", "apt-get install -y --only-upgrade openssl");
        RunIsQuiet("BI1032", "apk add --upgrade openssl");
    }

    [Fact, Fires("BI1033"), Quiet("BI1033")]
    public void Sudo_is_run()
    {
        RunFails("BI1033", "sudo apt-get update");
        RunFails("BI1033", "echo x | sudo tee /etc/x");
        RunIsQuiet("BI1033", "apt-get install -y sudo");
        RunIsQuiet("BI1033", "echo 'sudo make me a sandwich'");
    }

    [Fact, Fires("BI1034"), Quiet("BI1034")]
    public void Downloads_are_run_unread()
    {
        RunFails("BI1034", "curl -fsSL https://get.example.org | sh");
        RunFails("BI1034", "wget -qO- https://get.example.org | tee /x | bash -s -- --yes");
        RunFails("BI1034", "sh -c \"$(curl -fsSL https://get.example.org)\"");
        RunFails("BI1034", "bash <(curl -s https://get.example.org)");
        RunIsQuiet("BI1034", "curl -fsSLo x.tgz https://get.example.org/x.tgz && sha256sum -c x.sum");
        RunIsQuiet("BI1034", "curl -fsSL https://get.example.org/x.tgz | tar xz");
    }

    [Theory, Fires("BI1035")]
    [InlineData("apt-get install -y --allow-unauthenticated x")]
    [InlineData("apk add --allow-untrusted x.apk")]
    [InlineData("pip install --trusted-host pypi.org x")]
    [InlineData("pip3 install --trusted-host=pypi.org x")]
    [InlineData("curl -k https://x")]
    [InlineData("curl -fsSLk https://x")]
    [InlineData("wget --no-check-certificate https://x")]
    [InlineData("git -c http.sslVerify=false clone https://x")]
    [InlineData("git config --global http.sslVerify false")]
    [InlineData("npm config set strict-ssl false")]
    [InlineData("yum install -y --nogpgcheck x")]
    [InlineData("rpm -i --nosignature x.rpm")]
    [InlineData("ssh -o StrictHostKeyChecking=no host")]
    public void Verification_is_turned_off(string line) => RunFails("BI1035", line);

    [Theory, Quiet("BI1035")]
    [InlineData("curl -fsSLo k https://x")]
    [InlineData("curl -fsSLok https://x")]
    [InlineData("apt-get install -y x")]
    [InlineData("echo curl -k")]
    [InlineData("git config --global http.sslVerify true")]
    [InlineData("npm config set strict-ssl true")]
    [InlineData("pip install trusted-host")]
    public void Verification_stays_on(string line) => RunIsQuiet("BI1035", line);

    [Fact, Fires("BI1036"), Quiet("BI1036")]
    public void Files_are_opened()
    {
        RunFails("BI1036", "chmod -R 777 /srv");
        RunFails("BI1036", "chmod 0666 /etc/x && true");
        RunFails("BI1036", "chmod a+rwx /srv");
        RunIsQuiet("BI1036", "chmod 1777 /tmp");
        RunIsQuiet("BI1036", "chmod 755 /srv && echo 777");
    }

    [Fact, Fires("BI1037"), Quiet("BI1037")]
    public void Apk_keeps_its_cache()
    {
        RunFails("BI1037", "apk add curl");
        RunFails("BI1037", "apk --update add curl");
        RunIsQuiet("BI1037", "apk add --no-cache curl");
        RunIsQuiet("BI1037", "apk --no-cache add curl");
        RunIsQuiet("BI1037", "apk add curl && rm -rf /var/cache/apk/*");
    }

    [Fact, Fires("BI1040"), Quiet("BI1040")]
    public void Layers_are_few()
    {
        Fails("BI1040", Steps([.. Enumerable.Repeat("COPY a /b # buildkit", 41)]));
        Quiet("BI1040", Steps([.. Enumerable.Repeat("COPY a /b # buildkit", 40)]));
        TestFacts facts = Steps("a", "b", "c");
        Assert.Equal(AuditStatus.Fail, facts.Row("BI1040", Engine.Auditing.Policies.AuditPolicy.None with { Limits = new Engine.Auditing.Policies.PolicyLimits { Layers = 2 } }).Status);
    }
}
