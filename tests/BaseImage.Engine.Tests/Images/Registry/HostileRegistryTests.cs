using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>Registries that lie, stall, cut, redirect and repeat what they were told: one clear error each, and no secret.</summary>
public sealed class HostileRegistryTests : IDisposable
{
    private const string Password = "canary-p4ssword";
    private readonly RegistryRoom _room = new();
    private readonly BuiltImage _image = TestImage.Of("base", [Noise()]);

    public HostileRegistryTests() => _room.Options = _room.Options with { IdleTimeout = TimeSpan.FromMilliseconds(400), ConnectTimeout = TimeSpan.FromMilliseconds(600), Attempts = 3 };

    public void Dispose() => _room.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AManifestThatIsNotWhatWasAskedForIsRefused()
    {
        BuiltImage other = TestImage.Of("base", [TestImage.Tar("other")]);
        await using HostileServer server = Serve((request, stream) => Json(stream, other.Root.Bytes, other.Root.MediaType, request.Path.EndsWith("/lie", StringComparison.Ordinal) ? _image.Root.Digest.ToString() : ""));
        await Assert.ThrowsAsync<ImageBlobCorruptException>(() => _room.PullAsync($"docker://{Address(server)}/a@{_image.Root.Digest}"));
        await Assert.ThrowsAsync<ImageBlobCorruptException>(() => _room.PullAsync($"docker://{Address(server)}/a:lie"));
    }

    [Fact]
    public async Task DocumentsWithoutEndAreNotReadToIt()
    {
        bool promise = false;
        await using HostileServer server = Serve(async (_, stream) =>
        {
            byte[] piece = new byte[64 << 10];
            await HostileServer.ReplyAsync(stream, "200 OK", promise ? "Content-Length: 9223372036854775807\r\n" : "", default);
            for (int i = 0; i < 10_000; i++)
            {
                await stream.WriteAsync(piece, Stop);
            }
        });
        await Assert.ThrowsAsync<ImageLimitExceededException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
        promise = true;
        await Assert.ThrowsAsync<ImageLimitExceededException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("half")]
    [InlineData("cut")]
    [InlineData("503 Service Unavailable")]
    [InlineData("429 Too Many Requests")]
    public async Task WhatDoesNotPassIsUnavailableAfterAsManyAttemptsAsAreSet(string how)
    {
        await using HostileServer server = Serve(async (_, stream) =>
        {
            if (how.Contains(' ', StringComparison.Ordinal))
            {
                await HostileServer.ReplyAsync(stream, how, "Retry-After: 1\r\nContent-Length: 0\r\n", default);
                return;
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(how == "silent" ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), Stop);
            if (how != "cut")
            {
                await Task.Delay(5000, Stop);
            }
        });
        RegistryUnavailableException error = await Assert.ThrowsAsync<RegistryUnavailableException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
        Assert.Contains(Address(server), error.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count(r => r.Path.Contains("manifests", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WhatPassesIsWaitedForAsLongAsTheRegistryAsks()
    {
        int asked = 0;
        await using HostileServer server = Serve((request, stream) => request.Path.Contains("/manifests/1", StringComparison.Ordinal) && asked++ < 2
            ? HostileServer.ReplyAsync(stream, "429 Too Many Requests", "Retry-After: 7\r\nContent-Length: 0\r\n", default)
            : AnswerAsync(request, stream));
        WaitClock clock = new();
        _room.Options = _room.Options with { Time = clock, LongestBackOff = TimeSpan.FromSeconds(60), SlowGrace = TimeSpan.FromHours(1) };
        Assert.Equal(_image.Root.Digest, (await _room.PullAsync($"docker://{Address(server)}/a:1")).Root.Digest);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], clock.Waits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ABlobThatIsCutAgainAndAgainComesWholeInTheEnd(bool resumes)
    {
        byte[] layer = await LayerAsync();
        await using HostileServer server = Serve(async (request, stream) =>
        {
            if (!request.Path.Contains(_image.Manifests[0].Layers[0].Descriptor.Digest.Hex, StringComparison.Ordinal))
            {
                await AnswerAsync(request, stream);
                return;
            }

            int from = resumes ? (int)request.From : 0, count = Math.Min(layer.Length - from, resumes ? 100_000 : 100_000 * (1 + (int)request.From / 50_000));
            await HostileServer.ReplyAsync(stream, from > 0 ? "206 Partial Content" : "200 OK", $"Content-Length: {layer.Length - from}\r\n" + (from > 0 ? $"Content-Range: bytes {from}-{layer.Length - 1}/{layer.Length}\r\n" : ""), layer.AsMemory(from, count));
        });
        Assert.Equal(_image.Root.Digest, (await _room.PullAsync($"docker://{Address(server)}/a:1")).Root.Digest);
        Assert.True(server.Requests.Count(r => r.Path.Contains("/blobs/", StringComparison.Ordinal)) > 3);
    }

    [Fact]
    public async Task ARangeThatIsAnotherIsRefused()
    {
        byte[] layer = await LayerAsync();
        await using HostileServer server = Serve((request, stream) => !request.Path.Contains(_image.Manifests[0].Layers[0].Descriptor.Digest.Hex, StringComparison.Ordinal) ? AnswerAsync(request, stream)
            : HostileServer.ReplyAsync(stream, request.From > 0 ? "206 Partial Content" : "200 OK", $"Content-Length: {layer.Length}\r\nContent-Range: bytes 5-{layer.Length - 1}/{layer.Length}\r\n", layer.AsMemory(0, 100_000)));
        await Assert.ThrowsAsync<RegistryAnswerInvalidException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
    }

    [Fact]
    public async Task ACredentialStaysWithItsHostWhenItIsRedirected()
    {
        await using HostileServer elsewhere = Serve(AnswerAsync);
        await using HostileServer server = Serve((request, stream) => !request.Headers.ContainsKey("authorization") ? HostileServer.ReplyAsync(stream, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n", default)
            : HostileServer.ReplyAsync(stream, "307 Temporary Redirect", $"Location: {elsewhere.Url}{request.Path}?signed=canary-query\r\nContent-Length: 0\r\n", default));
        _room.LogIn(Address(server), "joe", Password);
        Assert.Equal(_image.Root.Digest, (await _room.PullAsync($"docker://{Address(server)}/a:1")).Root.Digest);
        Assert.Contains(server.Requests, r => r.Headers.ContainsKey("authorization"));
        Assert.NotEmpty(elsewhere.Requests);
        Assert.DoesNotContain(elsewhere.Requests, r => r.Headers.ContainsKey("authorization"));
    }

    [Theory]
    [InlineData("http://example.invalid/x", "no TLS")]
    [InlineData("file:///etc/passwd", "no TLS")]
    [InlineData("/v2/a/manifests/1", "more than 5 times")]
    [InlineData("", "nowhere")]
    public async Task ARedirectThatLeadsAstrayIsRefused(string where, string problem)
    {
        await using HostileServer server = Serve((_, stream) => HostileServer.ReplyAsync(stream, "302 Found", (where.Length == 0 ? "" : $"Location: {where}\r\n") + "Content-Length: 0\r\n", default));
        RegistryAnswerInvalidException error = await Assert.ThrowsAsync<RegistryAnswerInvalidException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer realm=\"http://example.invalid/token\",service=\"s\"", typeof(RegistryAnswerInvalidException))]
    [InlineData("Bearer realm=\"ftp://127.0.0.1/token\"", typeof(RegistryAnswerInvalidException))]
    [InlineData("Bearer realm=\"https://u:p@127.0.0.1/token\"", typeof(RegistryAnswerInvalidException))]
    [InlineData("Bearer realm=", typeof(RegistryUnauthorizedException))]
    [InlineData("Negotiate", typeof(RegistryUnauthorizedException))]
    [InlineData("Basic realm=\"x\"", typeof(RegistryUnauthorizedException))]
    public async Task AChallengeThatCannotBeMetIsTold(string challenge, Type expected)
    {
        await using HostileServer server = Serve((_, stream) => HostileServer.ReplyAsync(stream, "401 Unauthorized", $"WWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n", default));
        _room.LogIn(Address(server), "joe", Password);
        Exception error = await Assert.ThrowsAsync(expected, () => _room.PullAsync($"docker://{Address(server)}/a:1"));
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("307 Temporary Redirect", "{}")]
    [InlineData("200 OK", "{\"token\":\"a b\\r\\nX: y\"}")]
    [InlineData("200 OK", "{\"token\":5}")]
    [InlineData("200 OK", "[]")]
    [InlineData("200 OK", "{\"token\":\"\"}")]
    [InlineData("500 Oops", "{}")]
    public async Task ATokenServerThatGivesNoneIsToldAndSendsNothingOn(string status, string body)
    {
        await using HostileServer elsewhere = Serve(AnswerAsync);
        await using HostileServer tokens = Serve((_, stream) => HostileServer.ReplyAsync(stream, status, $"Location: {elsewhere.Url}/token\r\nContent-Length: {body.Length}\r\n", Encoding.UTF8.GetBytes(body)));
        await using HostileServer server = Serve((_, stream) => HostileServer.ReplyAsync(stream, "401 Unauthorized", $"WWW-Authenticate: Bearer realm=\"{tokens.Url}/token\",service=\"s\"\r\nContent-Length: 0\r\n", default));
        _room.LogIn(Address(server), "joe", Password);
        BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
        Assert.StartsWith("Registry", error.ErrorId, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARegistryThatRepeatsWhatItWasSentGivesNoSecretAway()
    {
        await using HostileServer server = Serve((request, stream) => request.Headers.TryGetValue("authorization", out string? shown)
            ? Json(stream, Encoding.UTF8.GetBytes($$$"""{"errors":[{"code":"DENIED\u001b[31m","message":"you sent {{{shown}}} which is joe:{{{Password}}}"}]}"""), "application/json", "", "403 Forbidden")
            : HostileServer.ReplyAsync(stream, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n", default));
        _room.LogIn(Address(server), "joe", Password);
        RegistryUnauthorizedException error = await Assert.ThrowsAsync<RegistryUnauthorizedException>(() => _room.PullAsync($"docker://{Address(server)}/a:1"));
        Assert.Contains("DENIED", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("joe:" + Password)), error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Theory]
    [InlineData("</v2/a/tags/list?n={0}>; rel=next", typeof(ImageLimitExceededException))]
    [InlineData("</v2/a/tags/list>; rel=next", typeof(RegistryAnswerInvalidException))]
    [InlineData("<http://127.0.0.2/v2/a/tags/list>; rel=next", typeof(RegistryAnswerInvalidException))]
    [InlineData("<//example.invalid/x>; rel=next", typeof(RegistryAnswerInvalidException))]
    public async Task PagesWithoutEndAreNotFollowed(string link, Type expected)
    {
        int page = 0;
        _room.Options = _room.Options with { MaxPages = 20 };
        byte[] body = "{\"name\":\"a\",\"tags\":[\"x\"]}"u8.ToArray();
        await using HostileServer server = Serve((_, stream) => HostileServer.ReplyAsync(stream, "200 OK", $"Link: {link.Replace("{0}", $"{page++}", StringComparison.Ordinal)}\r\nContent-Length: {body.Length}\r\n", body));
        using RegistrySession session = _room.Registries.Open();
        await Assert.ThrowsAsync(expected, () => RegistryTests.ToListAsync(session.Client(RegistryName.Parse($"{Address(server)}/a")).ListTagsAsync(Stop)));
        Assert.InRange(server.Requests.Count, 1, 25);
    }

    [Fact]
    public async Task NothingIsUploadedToAnotherHost()
    {
        await using HostileServer elsewhere = Serve(AnswerAsync);
        await using HostileServer server = Serve((request, stream) => request.Method == "POST" ? HostileServer.ReplyAsync(stream, "202 Accepted", $"Location: {elsewhere.Url}/v2/a/blobs/uploads/1\r\nContent-Length: 0\r\n", default)
            : HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default));
        await Assert.ThrowsAsync<RegistryAnswerInvalidException>(() => _room.PushAsync($"docker://{Address(server)}/a:1", _image));
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task WhoeverIsStoppedStopsAtOnce()
    {
        await using HostileServer server = Serve((_, _) => Task.Delay(20_000, Stop));
        _room.Options = _room.Options with { IdleTimeout = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromMinutes(5) };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using IImageSource source = await ImageSources.OpenAsync(ImageReference.Parse($"docker://{Address(server)}/a:1"), _room.Paths, _room.Places, stop.Token);
        Task reading = source.ReadAsync(stop.Token);
        stop.CancelAfter(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task HelpersAreAskedAndSayNothingInErrors()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "the helpers here are scripts of a shell");
        string folder = _room.Folder.Combine("bin");
        Helper("good", "read server; printf '{\"ServerURL\":\"%s\",\"Username\":\"joe\",\"Secret\":\"" + Password + "\"}' \"$server\"");
        Helper("token", "cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"" + Password + "\"}'");
        Helper("none", "cat >/dev/null; echo 'credentials not found in native keychain'; exit 1");
        Helper("bad", "cat >/dev/null; echo '" + Password + "'");
        Helper("fails", "echo '" + Password + "' >&2; echo '" + Password + "'; exit 3");
        RegistryCredential good = (await GetAsync("good"))!;
        Assert.Equal(("joe", Password), (good.User, good.Secret));
        Assert.Equal(Password, (await GetAsync("token"))!.IdentityToken);
        Assert.Null(await GetAsync("none"));
        foreach (string name in new[] { "bad", "fails", "missing" })
        {
            CredentialHelperException error = await Assert.ThrowsAsync<CredentialHelperException>(() => GetAsync(name));
            Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
        }

        _room.Write("home/.docker/config.json", """{"credHelpers":{"reg.test":"good"},"auths":{"other.test":{"auth":"YTpi"}}}""");
        RegistryCredentials credentials = new(null, _room.Registries.Environment!, (name, _, _) => GetAsync(name));
        Assert.Equal("joe", (await credentials.FindAsync(RegistryName.Parse("reg.test/a"), Stop))!.User);
        Assert.Equal("a", (await credentials.FindAsync(RegistryName.Parse("other.test/a"), Stop))!.User);
        _room.Set("REGISTRY_AUTH_FILE", _room.Write("podman.json", """{"auths":{"reg.test/team":{"auth":"YzpkZA=="}}}"""));
        Assert.Equal("c", (await credentials.FindAsync(RegistryName.Parse("reg.test/team/x"), Stop))!.User);
        Assert.Null(await credentials.FindAsync(RegistryName.Parse("reg.test/other"), Stop));

        Task<RegistryCredential?> GetAsync(string name) => CredentialHelper.AskAsync(Path.Combine(folder, "docker-credential-" + name), "https://reg.test", Stop);
        void Helper(string name, string script)
        {
            string path = _room.Write($"bin/docker-credential-{name}", $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    private static string Address(HostileServer server) => server.Url["http://".Length..];

    private static HostileServer Serve(Func<HostileRequest, Stream, Task> answer)
        => new((request, stream, _) => request.Path == "/v2/" ? HostileServer.ReplyAsync(stream, "200 OK", "Content-Length: 0\r\n", default) : answer(request, stream));

    // A registry that has the image, and takes nothing.
    private async Task AnswerAsync(HostileRequest request, Stream stream)
    {
        string last = request.Path.Split('?')[0].Split('/')[^1];
        BuiltDocument[] documents = [_image.Root, _image.Manifests[0].Config];
        if (last == "1" || documents.FirstOrDefault(d => d.Digest.ToString() == last) is { } document && document == _image.Root)
        {
            await Json(stream, _image.Root.Bytes, _image.Root.MediaType, _image.Root.Digest.ToString());
            return;
        }

        byte[]? bytes = last == _image.Manifests[0].Config.Digest.ToString() ? _image.Manifests[0].Config.Bytes : last == _image.Manifests[0].Layers[0].Descriptor.Digest.ToString() ? await LayerAsync() : null;
        await (bytes is null ? HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default) : HostileServer.ServeAsync(request, stream, bytes));
    }

    private async Task<byte[]> LayerAsync()
    {
        await using Stream stream = await _image.Manifests[0].Layers[0].OpenAsync(Stop);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, Stop);
        return copy.ToArray();
    }

    private static Task Json(Stream stream, byte[] body, string type, string digest, string status = "200 OK")
        => HostileServer.ReplyAsync(stream, status, $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n" + (digest.Length > 0 ? $"Docker-Content-Digest: {digest}\r\n" : ""), body);

    private static byte[] Noise()
    {
        byte[] noise = new byte[600_000];
        new Random(3).NextBytes(noise);
        return new TestTar().Add("noise", content: noise).ToArray();
    }

    // Waits are noted and over at once.
    private sealed class WaitClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
