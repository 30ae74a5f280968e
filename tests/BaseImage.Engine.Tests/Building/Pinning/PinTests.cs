using System.Text;
using BaseImage.Engine.Building.Pinning;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.Pinning;

/// <summary>Pinning, against an engine whose registry says what a test wants.</summary>
public sealed class PinTests : IAsyncLifetime
{
    private static readonly Digest s_alpine = Digest.Of("alpine"u8), s_golang = Digest.Of("golang"u8), s_newer = Digest.Of("newer"u8), s_download = Digest.Of("download"u8);
    private readonly TempFolder _folder = new();
    private readonly FakeEngine _engine = new();
    private readonly EngineConnections _connections = new(_ => null);
    private readonly List<string> _downloaded = [];

    public ValueTask InitializeAsync()
    {
        Registry("alpine:3.20", s_alpine);
        Registry("golang:1.22", s_golang);
        Registry("localhost:5000/team/app:latest", s_golang);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _connections.Dispose();
        await _engine.DisposeAsync();
        _folder.Dispose();
    }

    public static TheoryData<string, string> Texts => new()
    {
        { "FROM alpine:3.20\nRUN true\n", "# pinned: alpine:3.20\nFROM alpine@ALPINE\nRUN true\n" },
        { "# syntax=docker/dockerfile:1\r\n\r\nfrom  alpine:3.20  AS  Base\r\nRUN a \\\r\n  b", "# syntax=docker/dockerfile:1\r\n\r\n# pinned: alpine:3.20\r\nfrom  alpine@ALPINE  AS  Base\r\nRUN a \\\r\n  b" },
        { "ARG BASE=alpine:3.20\nARG OTHER='golang:1.22'\nFROM ${BASE}\nFROM $OTHER\nFROM $BASE", "# pinned: alpine:3.20\nARG BASE=alpine@ALPINE\n# pinned: golang:1.22\nARG OTHER='golang@GOLANG'\nFROM ${BASE}\nFROM $OTHER\nFROM $BASE" },
        { "FROM scratch\nCOPY --from=golang:1.22 --chown=1:1 /a /b\nRUN --mount=type=bind,from=golang:1.22,source=/golang:1.22,target=/x true\n", "FROM scratch\n# pinned: golang:1.22\nCOPY --from=golang@GOLANG --chown=1:1 /a /b\n# pinned: golang:1.22\nRUN --mount=type=bind,from=golang@GOLANG,source=/golang:1.22,target=/x true\n" },
        { "FROM golang:1.22 AS build\nFROM build\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n", "# pinned: golang:1.22\nFROM golang@GOLANG AS build\nFROM build\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n" },
        { "FROM localhost:5000/team/app\nADD https://example.org/x.tar.gz?a=b /x/\n", "# pinned: localhost:5000/team/app:latest\nFROM localhost:5000/team/app@GOLANG\nADD --checksum=DOWNLOAD https://example.org/x.tar.gz?a=b /x/\n" },
        { "FROM alpine@ALPINE\n", "FROM alpine@ALPINE\n" },
        { "FROM alpine:3.20@GOLANG\n", "FROM alpine:3.20@GOLANG\n" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Names_get_digests_and_every_other_byte_stays_and_twice_is_once(string text, string expected)
    {
        PinnedDockerfile pinned = await PinAsync(Fill(text));
        Assert.Equal(Fill(expected), Encoding.UTF8.GetString(pinned.Content.Span));
        Assert.Equal(text != expected, pinned.HasChanged);
        Assert.DoesNotContain(pinned.Changes, change => change.Kind != DockerfileChangeKind.Pinned);

        PinnedDockerfile again = await PinAsync(Encoding.UTF8.GetString(pinned.Content.Span));
        Assert.False(again.HasChanged);
        Assert.Empty(again.Changes);
    }

    [Theory]
    [InlineData("FROM alpine:${V}\n", "put together of variables")]
    [InlineData("ARG V=3.20\nFROM alpine:${V}\n", "put together of variables")]
    [InlineData("ARG BASE\nFROM $BASE\n", "without a default")]
    [InlineData("FROM scratch\nADD https://example.org/a https://example.org/b /x/\n", "one source alone")]
    [InlineData("FROM scratch\nADD https://example.org/r.git#main /x\n", "a repository")]
    [InlineData("FROM scratch\nADD git@example.org:r.git /x\n", "a repository")]
    [InlineData("FROM scratch\nARG U\nADD https://example.org/$U /x\n", "without a default")]
    [InlineData("FROM fake:it\n", "from no registry")]
    public async Task What_cannot_be_pinned_is_told_and_stays(string text, string reason)
    {
        PinnedDockerfile pinned = await PinAsync(text);
        Assert.False(pinned.HasChanged);
        Assert.All(pinned.Changes, change => Assert.Equal((DockerfileChangeKind.Skipped, true), (change.Kind, change.NewDigest.IsEmpty)));
        Assert.Contains(pinned.Changes, change => change.Reason.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_an_error()
    {
        ImageNotFoundException error = await Assert.ThrowsAsync<ImageNotFoundException>(() => PinAsync("FROM alpine:3.20\nFROM nowhere:1\n"));
        Assert.Contains("nowhere:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("docker login", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_mistakes_is_an_error_with_the_place()
    {
        DockerfileInvalidException error = await Assert.ThrowsAsync<DockerfileInvalidException>(() => PinAsync("FROM alpine:3.20\nCOPI a b\n"));
        Assert.Contains(":2:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_asks_again_by_the_comment_or_the_tag_beside()
    {
        string text = Fill("# pinned: alpine:3.20\nFROM alpine@ALPINE\nFROM golang:1.22@GOLANG\nFROM nowhere@ALPINE\nADD --checksum=ALPINE https://user:pw@example.org/x /x\n");
        Registry("alpine:3.20", s_newer);
        PinnedDockerfile pinned = await PinAsync(text, update: true);
        Assert.Equal(Fill("# pinned: alpine:3.20\nFROM alpine@NEWER\nFROM golang:1.22@GOLANG\nFROM nowhere@ALPINE\nADD --checksum=DOWNLOAD https://user:pw@example.org/x /x\n"), Encoding.UTF8.GetString(pinned.Content.Span));
        Assert.Equal([(DockerfileChangeKind.Updated, 2), (DockerfileChangeKind.Skipped, 4), (DockerfileChangeKind.Updated, 5)], pinned.Changes.Select(change => (change.Kind, change.Line)));
        Assert.Equal((s_alpine, s_newer, "alpine:3.20"), (pinned.Changes[0].OldDigest, pinned.Changes[0].NewDigest, pinned.Changes[0].Name));
        Assert.Equal("https://***@example.org/x", pinned.Changes[2].Name);
        Registry("golang:1.22", s_newer);
        PinnedDockerfile newer = await PinAsync(Encoding.UTF8.GetString(pinned.Content.Span), update: true);
        Assert.Contains(Fill("FROM golang:1.22@NEWER\n"), Encoding.UTF8.GetString(newer.Content.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Podman_is_asked_by_pulling_and_under_WhatIf_by_what_is_there()
    {
        string repoDigests = $"\"docker.io/library/alpine@{s_alpine}\"";
        bool pulled = false;
        _engine.Answers["GET /version"] = () => FakeAnswer.Json("""{"Version":"4.3.1","ApiVersion":"1.41","Os":"linux","Arch":"amd64","Components":[{"Name":"Podman Engine","Version":"4.3.1"}]}""");
        _engine.Answers["POST /images/create"] = () =>
        {
            pulled = true;
            return FakeAnswer.Json("{}");
        };
        _engine.Answers["GET /images/alpine:3.20/json"] = () => FakeAnswer.Json($$$"""{"Id":"{{{_engine.Image.Id}}}","RepoTags":["docker.io/library/alpine:3.20"],"RepoDigests":[{{{repoDigests}}}],"Created":"2026-01-02T03:04:05Z","Os":"linux","Architecture":"amd64","Size":10,"Config":{},"RootFS":{"Type":"layers","Layers":[]}}""");
        PinnedDockerfile seen = await PinAsync("FROM alpine:3.20\n", mayPull: false);
        Assert.False(pulled);
        Assert.Equal(s_alpine, Assert.Single(seen.Changes).NewDigest);
        await PinAsync("FROM alpine:3.20\n");
        Assert.True(pulled);
    }

    [Fact]
    public async Task Random_files_lose_nothing_and_are_pinned_once()
    {
        Random random = new(17);
        string[] lines =
        [
            "FROM alpine:3.20", "FROM golang:1.22 AS build", "FROM scratch", "from alpine:3.20 as x", "RUN echo hi \\\n  && true", "COPY --from=golang:1.22 /a /b", "# a comment",
            "", "ADD https://example.org/f /f", "ENV A=b", "RUN --mount=from=alpine:3.20,target=/m ls", "CMD [\"x\"]", "  ", "COPY a \\\n# inside\n b",
        ];
        for (int i = 0; i < 300; i++)
        {
            string end = random.Next(2) == 0 ? "\n" : "\r\n";
            string text = string.Join(end, new[] { lines[random.Next(3)] }.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => lines[random.Next(lines.Length)]))).ReplaceLineEndings(end) + (random.Next(2) == 0 ? end : "");
            PinnedDockerfile pinned = await PinAsync(text);
            string written = Encoding.UTF8.GetString(pinned.Content.Span);
            // Taking out what was put in gives the file again.
            string back = System.Text.RegularExpressions.Regex.Replace(written, "# pinned: [^\r\n]*\r?\n", "")
                .Replace($"alpine@{s_alpine}", "alpine:3.20", StringComparison.Ordinal).Replace($"golang@{s_golang}", "golang:1.22", StringComparison.Ordinal).Replace($" --checksum={s_download}", "", StringComparison.Ordinal);
            Assert.Equal(text, back);
            Assert.False((await PinAsync(written)).HasChanged, written);
        }
    }

    [Fact]
    public async Task Writing_keeps_mode_and_link_and_refuses_a_file_that_changed()
    {
        PinnedDockerfile pinned = await PinAsync("FROM alpine:3.20\n");
        string real = _folder.Combine("real"), link = _folder.Combine("Dockerfile");
        File.Move(link, real);
        File.CreateSymbolicLink(link, real);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        await new DockerfileWriter().WriteAsync(pinned, link, CancellationToken.None);
        Assert.Equal(real, File.ResolveLinkTarget(link, false)!.FullName);
        Assert.Equal(pinned.Content.ToArray(), await File.ReadAllBytesAsync(real));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(real));
        }

        await File.WriteAllTextAsync(real, "FROM other\n");
        await Assert.ThrowsAsync<FileChangedException>(() => new DockerfileWriter().WriteAsync(pinned, link, CancellationToken.None));
        Assert.Equal("FROM other\n", await File.ReadAllTextAsync(real));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    private static string Fill(string text) => text.Replace("ALPINE", s_alpine.ToString(), StringComparison.Ordinal).Replace("GOLANG", s_golang.ToString(), StringComparison.Ordinal)
        .Replace("NEWER", s_newer.ToString(), StringComparison.Ordinal).Replace("DOWNLOAD", s_download.ToString(), StringComparison.Ordinal);

    private void Registry(string name, Digest digest)
        => _engine.Answers[$"GET /distribution/{name}/json"] = () => FakeAnswer.Json($$$"""{"Descriptor":{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"{{{digest}}}","size":1},"Platforms":[]}""");

    private async Task<PinnedDockerfile> PinAsync(string text, bool update = false, bool mayPull = true)
    {
        string path = _folder.Combine("Dockerfile");
        await File.WriteAllTextAsync(path, text);
        DockerfilePinner pinner = new(
            async token => await _connections.OpenAsync(new EngineAddress(_engine.Host), token),
            (url, _, _) =>
            {
                _downloaded.Add(url);
                return Task.FromResult(s_download);
            });
        return await pinner.PinAsync(new DockerfilePinRequest { Path = path, Update = update, MayPull = mayPull }, SilentReporter.Instance, TestContext.Current.CancellationToken);
    }
}
