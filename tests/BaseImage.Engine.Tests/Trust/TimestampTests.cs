using System.Net;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>Timestamps are asked for when signing, of an authority that openssl plays, and nothing but a good one is kept.</summary>
public sealed class TimestampTests : IDisposable
{
    private static readonly string[] Stamping = ["1.3.6.1.5.5.7.3.8"];

    private readonly SignatureRoom _room = new();
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private readonly TestAuthority _root = TestAuthority.Root(change: TestStamps.Long);
    private readonly TestAuthority _stamps = TestAuthority.Root("CN=Time Root", change: TestStamps.Long);
    private readonly TestAuthority _stamper;
    private readonly TestAuthority _signer;

    public TimestampTests()
    {
        _stamper = _stamps.Leaf("CN=Time", change: Stamper);
        _signer = _root.Leaf(change: certificate => (certificate.NotBefore, certificate.NotAfter) = (_now.AddDays(-1), _now.AddHours(1)));
        _room.SigningTime = _now;
        _room.VerifyingTime = _now.AddDays(2);
        _room.Put("tsa/times", _stamps);
        _room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", roots: _root);
    }

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData(SignatureFormat.Notation)]
    [InlineData(SignatureFormat.NotationCose)]
    [InlineData(SignatureFormat.Cms)]
    public async Task A_signature_with_a_timestamp_outlives_its_certificates(SignatureFormat format)
    {
        await using StampServer server = new(_room, _stamper);
        Assert.True((await SignAsync(server.Url, format)).HasTimestamp);
        Assert.Equal(1, server.Requests);
        SignatureResult result = await _room.TestAsync();
        Assert.True(result.Status is SignatureStatus.Trusted, result.Message);

        // Without one the same signature is refused.
        _room.Store = new MemoryArtifactStore();
        await _room.SignAsync(_signer, format);
        Assert.Equal(SignatureStatus.TimestampMissing, (await _room.TestAsync()).Status);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "refusal", "it refuses, or answers something else" },
        { "another", "it refuses, or answers something else" },
        { "replay", "it refuses, or answers something else" },
        { "noise", "it refuses, or answers something else" },
        { "trailing", "bytes follow its answer" },
        { "changed", "it refuses, or answers something else|does not hold|cannot be verified" },
        { "stranger", "lead to none that is trusted" },
        { "expired", "was valid until|does not hold|it refuses, or answers something else" },
        { "500", "the status 500" },
        { "redirect", "the status 302" },
        { "html", "is not application/timestamp-reply" },
        { "endless", "is longer than" },
        { "silent", "has not answered within" },
        { "cut", "cannot be reached" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Of_an_authority_that_lies_nothing_is_kept(string lie, string problem)
    {
        TestAuthority stamper = lie switch
        {
            "stranger" => TestAuthority.Root("CN=Other", change: TestStamps.Long).Leaf("CN=Time", change: Stamper),
            "expired" => _stamps.Leaf("CN=Time", change: certificate => { Stamper(certificate); certificate.NotAfter = _now.AddHours(-2); }),
            _ => _stamper,
        };
        await using StampServer server = new(_room, stamper) { Lie = lie };
        TimestampClient client = new(server.Url, [_stamps.Certificate], TimeSpan.FromSeconds(lie == "silent" ? 1 : 30));
        TimestampNotObtainedException failure = await Assert.ThrowsAsync<TimestampNotObtainedException>(async () =>
        {
            // The second is where what was said before is said again.
            await client.AskAsync("signature"u8.ToArray(), System.Security.Cryptography.HashAlgorithmName.SHA256, TestContext.Current.CancellationToken);
            await client.AskAsync("another"u8.ToArray(), System.Security.Cryptography.HashAlgorithmName.SHA256, TestContext.Current.CancellationToken);
        });
        Assert.Matches(problem, failure.Message);
        Assert.DoesNotContain("token=", failure.Message, StringComparison.Ordinal);
        if (lie is not "silent")
        {
            server.Replay = null;
            await Assert.ThrowsAsync<TimestampNotObtainedException>(async () =>
            {
                await SignAsync(server.Url);
                await SignAsync(server.Url);
            });
            Assert.True(lie is "replay" || _room.Store.Referrers.Count == 0);
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_or_has_no_timestamp_is_told_first()
    {
        foreach ((string url, string problem) in new[] { ("ftp://127.0.0.1/", "no address over http or https"), ("http://me:secret@127.0.0.1/", "holds a name or password"), ("/tsa", "no address over http or https") })
        {
            TimestampNotObtainedException failure = await Assert.ThrowsAsync<TimestampNotObtainedException>(() => SignAsync(new Uri(url, UriKind.RelativeOrAbsolute)));
            Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        }

        Uri authority = new("http://127.0.0.1:9/");
        await Assert.ThrowsAsync<TimestampNotObtainedException>(() => _room.SignAsync(_signer, change: request => request with { TimestampUrl = authority }));
        await Assert.ThrowsAsync<SigningNotPossibleException>(() => SignAsync(authority, SignatureFormat.Cosign));
        await Assert.ThrowsAsync<SigningNotPossibleException>(() => SignAsync(authority, SignatureFormat.CosignBundle));
        await Assert.ThrowsAsync<SigningNotPossibleException>(() => _room.SignAsync(_signer, change: request => request with { TimestampUrl = authority, IsSigningAuthority = true }));
        Assert.Empty(_room.Store.Referrers);
    }

    [Fact]
    public async Task Whoever_stops_does_not_wait_for_an_authority()
    {
        await using StampServer server = new(_room, _stamper) { Lie = "silent" };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<byte[]> asked = TimestampClient.For(server.Url, [_stamps.Certificate]).AskAsync("signature"u8.ToArray(), System.Security.Cryptography.HashAlgorithmName.SHA256, stop.Token);
        await server.Asked;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private Task<ImageSignature> SignAsync(Uri url, SignatureFormat format = SignatureFormat.Notation)
        => _room.SignAsync(_signer, format, request => request with { TimestampUrl = url, TimestampCertificatePaths = [_room.Write("tsa-root.pem", _stamps.Certificate.ExportCertificatePem())] });

    private static void Stamper(TestCertificate certificate)
    {
        TestStamps.Long(certificate);
        (certificate.Purposes, certificate.IsPurposeCritical) = (Stamping, true);
    }

    /// <summary>A timestamp authority on this machine, which openssl answers for, or which lies.</summary>
    private sealed class StampServer : IAsyncDisposable
    {
        private readonly string _openssl = Tools.Require("openssl");
        private readonly HttpListener _listener = new();
        private readonly SignatureRoom _room;
        private readonly TestStamps _stamps;
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;

        internal StampServer(SignatureRoom room, TestAuthority stamper)
        {
            (_room, _stamps) = (room, new TestStamps(stamper));
            int port = FreePort();
            Url = new Uri($"http://127.0.0.1:{port}/stamp?token=secret");
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            _loop = Task.Run(LoopAsync);
        }

        internal Uri Url { get; }

        internal string Lie { get; init; } = "";

        internal byte[]? Replay { get; set; }

        internal int Requests { get; private set; }

        internal Task Asked => _asked.Task;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Close();
            await _loop;
            _stop.Dispose();
            _stamps.Dispose();
        }

        private static int FreePort()
        {
            using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        private async Task LoopAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await AnswerAsync(await _listener.GetContextAsync());
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException or IOException)
                {
                    // Whoever asked has gone, or the test is over.
                }
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            Requests++;
            _asked.TrySetResult();
            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            Assert.Equal("application/timestamp-query", context.Request.ContentType);
            if (Lie == "silent")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
            }

            context.Response.ContentType = Lie == "html" ? "text/html" : "application/timestamp-reply";
            context.Response.StatusCode = Lie switch { "500" => 500, "redirect" => 302, _ => 200 };
            if (Lie == "redirect")
            {
                context.Response.RedirectLocation = "http://127.0.0.1:9/";
            }

            if (Lie == "cut")
            {
                context.Response.ContentLength64 = 5000;
                await context.Response.OutputStream.WriteAsync(new byte[10]);
                await context.Response.OutputStream.FlushAsync();
                context.Response.Abort();
                return;
            }

            byte[] answer = await ReplyAsync(body.ToArray());
            await context.Response.OutputStream.WriteAsync(answer);
            context.Response.Close();
        }

        private async Task<byte[]> ReplyAsync(byte[] query) => Lie switch
        {
            // PKIStatusInfo: rejection.
            "refusal" => [0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02],
            "noise" => [1, 2, 3],
            "endless" => new byte[2 << 20],
            "another" => await StampAsync(["ts", "-query", "-data", _room.Write("other", "other"), "-sha256", "-cert"]),
            "replay" => Replay ??= await _stamps.ReplyAsync(query),
            "trailing" => [.. await _stamps.ReplyAsync(query), 0],
            "changed" => Changed(await _stamps.ReplyAsync(query)),
            _ => await _stamps.ReplyAsync(query),
        };

        private static byte[] Changed(byte[] answer)
        {
            answer[^5] ^= 1;
            return answer;
        }

        private async Task<byte[]> StampAsync(string[] arguments)
        {
            string path = _room.Write("other.tsq", "");
            await Tools.RunAsync(_openssl, [.. arguments, "-out", path]);
            return await _stamps.ReplyAsync(await File.ReadAllBytesAsync(path));
        }
    }
}
