using System.Text;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Inspection.Comparison;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>Layers lead to the history and from there to the Dockerfile's lines, in the words of each builder.</summary>
public sealed class HistoryMapTests
{
    private const string File = """
        # syntax=docker/dockerfile:1
        FROM debian:12 AS build
        ARG VERSION=1
        RUN make
        FROM debian:12
        ENV A=b \
            C=d
        ARG TARGET=/srv
        RUN apt-get update \
         && apt-get install -y curl
        COPY --from=build /out/x ${TARGET}/x
        WORKDIR /srv
        RUN echo done
        CMD ["/srv/x"]
        """;

    private static readonly string[] s_base = ["/bin/sh -c #(nop) ADD file:0123 in / ", "/bin/sh -c #(nop)  CMD [\"bash\"]"];

    public static TheoryData<string, string[]> Builders => new()
    {
        {
            "buildkit",
            ["ENV A=b C=d", "ARG TARGET=/srv", "RUN |1 TARGET=/srv /bin/sh -c apt-get update  && apt-get install -y curl # buildkit", "COPY /out/x /srv/x # buildkit", "WORKDIR /srv", "RUN |1 TARGET=/srv /bin/sh -c echo done # buildkit", "CMD [\"/srv/x\"]"]
        },
        {
            "classic",
            ["/bin/sh -c #(nop)  ENV A=b C=d", "/bin/sh -c #(nop)  ARG TARGET=/srv", "|1 TARGET=/srv /bin/sh -c apt-get update  && apt-get install -y curl", "/bin/sh -c #(nop) COPY file:0f3a in /srv/x ", "/bin/sh -c #(nop) WORKDIR /srv", "|1 TARGET=/srv /bin/sh -c echo done", "/bin/sh -c #(nop)  CMD [\"/srv/x\"]"]
        },
        {
            "buildah",
            ["/bin/sh -c #(nop) ENV A=b C=d", "/bin/sh -c #(nop) ARG TARGET=/srv", "|1 TARGET=/srv /bin/sh -c apt-get update  && apt-get install -y curl", "/bin/sh -c #(nop) COPY file:0f3a in /srv/x ", "/bin/sh -c #(nop) WORKDIR /srv", "|1 TARGET=/srv /bin/sh -c echo done", "/bin/sh -c #(nop) CMD [\"/srv/x\"]"]
        },
    };

    [Theory, MemberData(nameof(Builders))]
    public void EachBuildersStepsAreFound(string builder, string[] steps)
    {
        HistoryMap map = new(DockerfileParser.Parse(Encoding.UTF8.GetBytes(File)));
        IReadOnlyList<DockerfileStep?> found = map.Map([.. s_base.Concat(steps).Select(step => new ImageHistory(null, step, "", false))]);
        Assert.True(found.Take(2).All(step => step is null), $"{builder}: the base's steps have no line");
        Assert.Equal([6, 8, 9, 11, 12, 13, 14], found.Skip(2).Select(step => step?.Line ?? 0));
        Assert.Equal("RUN apt-get update && apt-get install -y curl", found[4]!.Text);
    }

    [Fact]
    public void AnotherDockerfileFindsNothingOfWhatItDidNotDo()
    {
        HistoryMap map = new(DockerfileParser.Parse("FROM x\nRUN other\nCOPY a /b\n"u8.ToArray()));
        Assert.All(map.Map([new ImageHistory(null, "RUN /bin/sh -c make # buildkit", "", false), new ImageHistory(null, "COPY a /c # buildkit", "", false)]), Assert.Null);
        Assert.Empty(map.Map([]));
    }

    [Fact]
    public async Task ADifferenceNamesInstructionAndLine()
    {
        using ComparisonRoom room = new();
        string dockerfile = room.Images.Folder.Combine("Dockerfile");
        await System.IO.File.WriteAllTextAsync(dockerfile, File, TestContext.Current.CancellationToken);
        static TestBuild Build(string value) => new(
            new TestTar().Add("base").ToArray(),
            new TestTar().Add("etc/apt", content: "same"u8.ToArray()).ToArray(),
            new TestTar().Add("srv/x", content: Encoding.UTF8.GetBytes(value)).ToArray(),
            new TestTar().Add("done").ToArray())
        {
            History =
            [
                new ImageHistory(null, "/bin/sh -c #(nop) ADD file:0123 in / ", "", false),
                new ImageHistory(null, "ENV A=b C=d", "buildkit.dockerfile.v0", true),
                new ImageHistory(null, "RUN |1 TARGET=/srv /bin/sh -c apt-get update  && apt-get install -y curl # buildkit", "buildkit.dockerfile.v0", false),
                new ImageHistory(null, "COPY /out/x /srv/x # buildkit", "buildkit.dockerfile.v0", false),
                new ImageHistory(null, "RUN |1 TARGET=/srv /bin/sh -c echo done # buildkit", "buildkit.dockerfile.v0", false),
            ],
        };
        ImageComparison found = await room.CompareAsync(Build("one"), Build("two"), dockerfile);
        ImageDifference content = Assert.Single(found.Differences, difference => difference.Kind is ImageDifferenceKind.Content);
        Assert.Equal(("COPY /out/x ${TARGET}/x", 11, 2), (content.Instruction, content.Line, content.Layer));
        Assert.EndsWith("[line 11]", content.ToString(), StringComparison.Ordinal);
        Assert.Equal(11, Assert.Single(found.Differences, difference => difference.Kind is ImageDifferenceKind.Layer).Line);

        // Without the file the history alone speaks.
        content = Assert.Single((await room.CompareAsync(Build("one"), Build("two"))).Differences, difference => difference.Kind is ImageDifferenceKind.Content);
        Assert.Equal(("COPY /out/x /srv/x", (int?)null), (content.Instruction, content.Line));
    }
}
