using System.Text;
using BaseImage.Engine.Building.ContainerBuild;
using BaseImage.Engine.Building.ContainerBuild.Output;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>What builders say is followed: which step is on, what it prints, and why it failed.</summary>
public sealed class TranscriptTests
{
    private const string Text = "ARG V=1\nFROM base AS one\nRUN echo a \\\n  && echo b\nFROM base\nCOPY --from=one /x /x\nRUN make it\n";

    [Fact]
    public void The_classic_builder_fails_with_step_line_command_code_and_last_lines()
    {
        BuildStepFailedException failure = Fail("""
            {"stream":"Step 1/10 : ARG V=1"}
            {"stream":"Step 2/10 : FROM sha256:aa AS one"}
            {"stream":" ---> aa\n"}
            {"stream":"Step 3/10 : LABEL x=y"}
            {"stream":"Step 4/10 : ARG A=b"}
            {"stream":"Step 5/10 : RUN echo a   && echo b"}
            {"stream":"a\nb"}
            {"stream":"\n"}
            {"stream":"Step 6/10 : FROM sha256:aa"}
            {"stream":"Step 7/10 : LABEL x=y"}
            {"stream":"Step 8/10 : ARG A=b"}
            {"stream":"Step 9/10 : COPY --from=one /x /x"}
            {"stream":"Step 10/10 : RUN make it"}
            {"stream":"Step 3/10 : RUN a liar prints this\n"}
            {"stream":"\u001b[91mmake: *** no rule\n\u001b[0m"}
            {"errorDetail":{"code":2,"message":"The command '/bin/sh -c make it' returned a non-zero code: 2"},"error":"The command '/bin/sh -c make it' returned a non-zero code: 2"}
            """);
        Assert.Equal(7, failure.Line);
        Assert.Equal("10/10", failure.Step);
        Assert.Equal("RUN make it", failure.Command);
        Assert.Equal(2, failure.ExitCode);
        Assert.Equal(["Step 3/10 : RUN a liar prints this", "make: *** no rule"], failure.Output);
        Assert.Contains("/d/Dockerfile:7: step 10/10, RUN make it failed with exit code 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Podman_counts_by_stages()
    {
        BuildStepFailedException failure = Fail("""
            {"stream":"[1/2] STEP 1/4: FROM sha256:aa AS one\n"}
            {"stream":"[1/2] STEP 2/4: LABEL x=y\n"}
            {"stream":"[1/2] STEP 3/4: ARG A=b\n"}
            {"stream":"[1/2] STEP 4/4: RUN echo a   && echo b\n"}
            {"stream":"out\n"}
            {"errorDetail":{"message":"building at STEP \"RUN echo a\": while running runtime: exit status 7\n"},"error":"building at STEP \"RUN echo a\": while running runtime: exit status 7\n"}
            """);
        Assert.Equal((3, "4/4", 7), (failure.Line, failure.Step, failure.ExitCode));
        Assert.Equal("RUN echo a   && echo b", failure.Command);
        Assert.Equal(["out"], failure.Output);
    }

    [Fact]
    public void BuildKit_runs_steps_beside_each_other()
    {
        string first = Trace(Vertex("sha256:1", "[one 2/2] RUN echo a   && echo b", started: true), Vertex("sha256:2", "[stage-1 3/3] RUN make it", started: true));
        string logs = Trace(Log("sha256:2", "making\nno ru"), Log("sha256:1", "other\n"), Log("sha256:2", "le\n"));
        string failed = Trace(Vertex("sha256:1", "[one 2/2] RUN echo a   && echo b", started: true, error: "context canceled"), Vertex("sha256:2", "[stage-1 3/3] RUN make it", started: true, error: "executor failed running [/bin/sh -c make it]: exit code: 2"));
        BuildStepFailedException failure = Fail($$"""
            {{first}}
            {{logs}}
            {{failed}}
            {"errorDetail":{"message":"executor failed running [/bin/sh -c make it]: exit code: 2"},"error":"executor failed running [/bin/sh -c make it]: exit code: 2"}
            """);
        Assert.Equal((7, 2), (failure.Line, failure.ExitCode));
        Assert.Equal(["making", "no rule"], failure.Output);
    }

    [Fact]
    public void Secrets_and_control_characters_are_not_passed_on()
    {
        BuildRoom.SpokenReporter said = new();
        BuildTranscript transcript = new(Sent().Steps, "/d/Dockerfile", ["hunter2"], said);
        transcript.Take(JObject.Parse("""{"stream":"Step 1/9 : ARG V=1"}"""));
        transcript.Take(JObject.Parse("""{"stream":"token hunter2 \u001b]0;title\u0007\u001b[2Jseen\u202ebackwards\rover\n"}"""));
        BuildStepFailedException failure = Assert.Throws<BuildStepFailedException>(() => transcript.Take(JObject.Parse("""{"error":"curl -H hunter2 failed"}""")));
        Assert.DoesNotContain("hunter2", said.All + failure.Message, StringComparison.Ordinal);
        Assert.Equal(["over"], failure.Output);
    }

    [Fact]
    public void Broken_traces_are_one_error()
    {
        Random random = new(20260103);
        byte[] good = Convert.FromBase64String((string)JObject.Parse(Trace(Vertex("sha256:1", "[1/2] RUN x", started: true, error: "e"), Log("sha256:1", "text")))["aux"]!);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = [.. good];
            for (int flips = random.Next(1, 5); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                BuildKitStatus.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            }
            catch (InvalidDataException)
            {
                // It is told.
            }
        }
    }

    private static SentDockerfile Sent() => SentDockerfile.Make(DockerfileParser.Parse(Text), [], ["LABEL x=y", "ARG A=b"]);

    private static BuildStepFailedException Fail(string messages)
    {
        BuildTranscript transcript = new(Sent().Steps, "/d/Dockerfile", [], new BuildRoom.SpokenReporter());
        return Assert.Throws<BuildStepFailedException>(() =>
        {
            foreach (string line in messages.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                transcript.Take(JObject.Parse(line));
            }
        });
    }

    private static string Trace(params byte[][] fields) => new JObject { ["id"] = "moby.buildkit.trace", ["aux"] = Convert.ToBase64String([.. fields.SelectMany(field => field)]) }.ToString(Newtonsoft.Json.Formatting.None);

    private static byte[] Vertex(string digest, string name, bool started = false, string error = "")
        => Field(1, [.. Field(1, digest), .. Field(3, name), .. started ? Field(5, "\u0008\u0001") : [], .. error.Length > 0 ? Field(7, error) : []]);

    private static byte[] Log(string vertex, string text) => Field(3, [.. Field(1, vertex), .. Field(4, text)]);

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content)
    {
        List<byte> bytes = [(byte)((number << 3) | 2)];
        int length = content.Length;
        for (; length > 127; length >>= 7)
        {
            bytes.Add((byte)(length | 0x80));
        }

        return [.. bytes, (byte)length, .. content];
    }
}
