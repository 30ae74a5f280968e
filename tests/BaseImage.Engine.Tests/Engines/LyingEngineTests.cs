using System.Text;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Tests.Images;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>Engines that lie, hang, cut the connection or are none: one clear error each, and nothing left.</summary>
public sealed class LyingEngineTests
{
    private static readonly EngineTimeouts Short = new() { Connect = TimeSpan.FromSeconds(5), Answer = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task AnHonestOneIsRead()
    {
        await using FakeEngine fake = new();
        using EngineRoom room = new(fake.Host);
        Assert.Equal(fake.Image.Id, Assert.Single(await room.ReadAsync("docker-daemon:")).ImageId.ToString());
        Assert.StartsWith("/etc/fake ", Assert.Single(await room.FilesAsync("fake:it"), line => !line.StartsWith("/etc ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not http", "what answers does not speak HTTP")]
    [InlineData("redirect", "redirect")]
    [InlineData("html", "not JSON")]
    [InlineData("no api", "names no API")]
    [InlineData("404", "status 404")]
    [InlineData("huge", "MiB")]
    [InlineData("deep", "not JSON")]
    [InlineData("twice", "not JSON")]
    [InlineData("array", "shape")]
    [InlineData("null", "names no API")]
    [InlineData("head", "head of its answer")]
    public async Task WhatIsNoEngineIsSaidToBeNone(string lie, string expected)
    {
        await using FakeEngine fake = new();
        fake.Answers["GET /version"] = () => lie switch
        {
            "not http" => new FakeAnswer(0, "", []) { Raw = "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray() },
            "redirect" => new FakeAnswer(302, "text/plain", []) { Head = "Location: http://127.0.0.1:1/version\r\n" },
            "html" => new FakeAnswer(200, "text/html", "<html></html>"u8.ToArray()),
            "no api" => FakeAnswer.Json("{}"),
            "404" => new FakeAnswer(404, "text/plain", "404 page not found"u8.ToArray()),
            "huge" => new FakeAnswer(200, "application/json", Encoding.UTF8.GetBytes(new string(' ', 1 << 20))) { Endless = true },
            "deep" => FakeAnswer.Json(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)),
            "twice" => FakeAnswer.Json("""{"ApiVersion":"1.41","ApiVersion":"1.20"}"""),
            "array" => FakeAnswer.Json("[1,2]"),
            "null" => FakeAnswer.Json("null"),
            _ => new FakeAnswer(200, "application/json", []) { Head = "X: " + new string('x', 200_000) + "\r\n" },
        };
        using EngineRoom room = new(fake.Host, new EngineTimeouts { Idle = TimeSpan.FromSeconds(30) });
        EngineAnswerInvalidException failure = await Assert.ThrowsAsync<EngineAnswerInvalidException>(() => room.ReadAsync("docker-daemon:"));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEngineThatIsTooOldOrWindowsIsToldApart()
    {
        await using FakeEngine fake = new();
        fake.Answers["GET /version"] = () => FakeAnswer.Json("""{"Version":"1.13.1","ApiVersion":"1.26","Os":"linux","Arch":"amd64"}""");
        using (EngineRoom room = new(fake.Host))
        {
            EngineTooOldException old = await Assert.ThrowsAsync<EngineTooOldException>(() => room.ReadAsync("docker-daemon:"));
            Assert.Contains("1.26", old.Message, StringComparison.Ordinal);
        }

        fake.Answers["GET /version"] = () => FakeAnswer.Json("""{"Version":"27.0","ApiVersion":"1.46","Os":"windows","Arch":"amd64"}""");
        fake.Answers["GET /info"] = () => FakeAnswer.Json("""{"OSType":"windows"}""");
        using (EngineRoom room = new(fake.Host))
        {
            EnginePlatformException windows = await Assert.ThrowsAsync<EnginePlatformException>(() => room.WriteAsync("docker-daemon:web:ci", TestImage.Of("web", [TestImage.Tar()])));
            Assert.Contains("Linux containers", windows.RecommendedAction, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"Id":"sha256:no digest"}""")]
    [InlineData("""{"Id":"IMAGE","Os":"a/b/c/d","Architecture":"x"}""")]
    [InlineData("[]")]
    public async Task OneImageThatMakesNoSenseDoesNotHideTheOthers(string description)
    {
        await using FakeEngine fake = new();
        string odd = "sha256:" + new string('0', 64);
        fake.Answers["GET /images/json"] = () => FakeAnswer.Json($$"""[{"Id":"{{odd}}","RepoTags":["odd:one"],"Size":1},{"Id":"{{fake.Image.Id}}","RepoTags":["fake:it"],"Size":10}]""");
        fake.Answers[$"GET /images/{odd}/json"] = () => FakeAnswer.Json(description.Replace("IMAGE", odd, StringComparison.Ordinal));
        using EngineRoom room = new(fake.Host);
        List<(string Image, Exception Failure)> failed = [];
        ContainerImage image = Assert.Single(await room.ReadAsync("docker-daemon:", (name, failure) =>
        {
            failed.Add((name, failure));
            return Task.CompletedTask;
        }));
        Assert.Equal(fake.Image.Id, image.ImageId.ToString());
        (string which, Exception why) = Assert.Single(failed);
        Assert.Contains(odd, which, StringComparison.Ordinal);
        Assert.IsType<EngineAnswerInvalidException>(why);
    }

    [Fact]
    public async Task ASilentEngineIsGivenUpOn()
    {
        await using FakeEngine fake = new();
        fake.Answers["GET /version"] = () => new FakeAnswer(200, "application/json", "{"u8.ToArray()) { Length = 100, Hangs = true };
        using (EngineRoom room = new(fake.Host, Short))
        {
            Assert.Contains("in time", (await Assert.ThrowsAsync<EngineUnreachableException>(() => room.ReadAsync("docker-daemon:"))).Message, StringComparison.Ordinal);
        }

        fake.Answers.Clear();
        byte[] archive = fake.Image.Archive;
        fake.Answers["GET /images/get"] = () => new FakeAnswer(200, "application/x-tar", archive[..1000]) { Length = archive.Length, Hangs = true };
        using (EngineRoom room = new(fake.Host, Short))
        {
            await Assert.ThrowsAsync<EngineUnreachableException>(() => room.FilesAsync("fake:it"));
            Assert.Empty(room.Temporary);
        }

        fake.Answers.Clear();
        fake.Answers["POST /images/load"] = () => new FakeAnswer(0, "", []) { Raw = [], Hangs = true };
        using (EngineRoom room = new(fake.Host, Short))
        {
            await Assert.ThrowsAsync<EngineUnreachableException>(() => room.WriteAsync("docker-daemon:x:y", TestImage.Of("x", [TestImage.Tar()])));
            Assert.Empty(room.Temporary);
        }
    }

    [Fact]
    public async Task CancellingEndsASilentExportAtOnce()
    {
        await using FakeEngine fake = new();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        fake.Answers["GET /images/get"] = () =>
        {
            asked.TrySetResult();
            return new FakeAnswer(200, "application/x-tar", fake.Image.Archive[..1000]) { Length = 1_000_000, Hangs = true };
        };
        using EngineRoom room = new(fake.Host);
        using CancellationTokenSource stop = new();
        EngineBatch batch = new([ImageReference.Parse("fake:it")], () => room.Engine.Cache);
        DockerEngine engine = await room.MeetAsync();
        EngineImage image = (await batch.DescribeAsync(engine, batch.References[0], TestContext.Current.CancellationToken))!;
        Task<EngineExport> exporting = batch.ExportAsync(engine, image, stop.Token);
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exporting);
        Assert.Empty(room.Temporary);
    }

    [Theory]
    [InlineData("truncated", typeof(EngineUnreachableException))]
    [InlineData("cut at a block", typeof(EngineAnswerInvalidException))]
    [InlineData("empty", typeof(EngineAnswerInvalidException))]
    [InlineData("other image", typeof(EngineAnswerInvalidException))]
    [InlineData("other layers", typeof(EngineAnswerInvalidException))]
    [InlineData("flipped layer", typeof(ImageBlobCorruptException))]
    [InlineData("text", typeof(EngineAnswerInvalidException))]
    [InlineData("500", typeof(EngineRequestFailedException))]
    public async Task AnExportIsBelievedByItsDigestsAlone(string lie, Type expected)
    {
        await using FakeEngine fake = new();
        byte[] archive = fake.Image.Archive;
        TestEngineImage other = TestEngineImage.Of([TestEngineImage.Tar("etc/fake", "evil")], """{"User":"1:1"}""", "fake:it");
        fake.Answers["GET /images/get"] = () => lie switch
        {
            "truncated" => new FakeAnswer(200, "application/x-tar", archive[..(archive.Length / 2)]) { Length = archive.Length },
            "cut at a block" => new FakeAnswer(200, "application/x-tar", archive[..512]),
            "empty" => new FakeAnswer(200, "application/x-tar", []),
            "other image" => new FakeAnswer(200, "application/x-tar", other.Archive),
            "other layers" => new FakeAnswer(200, "application/x-tar", archive),
            "flipped layer" => new FakeAnswer(200, "application/x-tar", Flip(archive)),
            "text" => new FakeAnswer(200, "application/x-tar", Encoding.UTF8.GetBytes(new string('x', 5000))),
            _ => new FakeAnswer(500, "application/json", """{"message":"disk on fire\u001b[31m"}"""u8.ToArray()),
        };
        if (lie == "other layers")
        {
            fake.Answers["GET /images/fake:it/json"] = () => FakeAnswer.Json($$$"""{"Id":"{{{fake.Image.Id}}}","Os":"linux","Architecture":"amd64","RootFS":{"Layers":["sha256:{{{new string('a', 64)}}}"]}}""");
        }

        using EngineRoom room = new(fake.Host);
        Exception failure = await Assert.ThrowsAsync(expected, () => room.FilesAsync("fake:it"));
        Assert.DoesNotContain("\u001b", failure.Message, StringComparison.Ordinal);
        Assert.Empty(room.Temporary);
    }

    [Theory]
    [InlineData("wrong id", typeof(EngineLoadMismatchException))]
    [InlineData("nothing", typeof(EngineLoadMismatchException))]
    [InlineData("error line", typeof(EngineRequestFailedException))]
    [InlineData("broken line", typeof(EngineAnswerInvalidException))]
    [InlineData("500", typeof(EngineRequestFailedException))]
    [InlineData("cut", typeof(EngineUnreachableException))]
    public async Task ALoadIsBelievedByTheIdAlone(string lie, Type expected)
    {
        await using FakeEngine fake = new();
        List<string> tagged = [];
        List<string> removed = [];
        string wrong = "sha256:" + new string('b', 64);
        fake.Answers["POST /images/load"] = () => lie switch
        {
            "wrong id" => FakeAnswer.Json($$"""{"stream":"Loaded image ID: {{wrong}}\n"}""" + "\n"),
            "nothing" => FakeAnswer.Json(""),
            "error line" => FakeAnswer.Json("""{"error":"no space left on device"}"""),
            "broken line" => FakeAnswer.Json("""{"stream":"""),
            "500" => new FakeAnswer(500, "text/plain", "no"u8.ToArray()),
            _ => new FakeAnswer(0, "", []) { Raw = [] },
        };
        fake.Answers[$"POST /images/{wrong}/tag"] = () =>
        {
            tagged.Add(wrong);
            return new FakeAnswer(201, "application/json", []);
        };
        fake.Answers[$"DELETE /images/{wrong}"] = () =>
        {
            removed.Add(wrong);
            return FakeAnswer.Json("[]");
        };
        using EngineRoom room = new(fake.Host);
        await Assert.ThrowsAsync(expected, () => room.WriteAsync("docker-daemon:x:y", TestImage.Of("x", [TestImage.Tar()])));
        Assert.Empty(tagged);
        Assert.Equal(lie == "wrong id" ? [wrong] : [], removed);
        Assert.Empty(room.Temporary);
    }

    [Fact]
    public async Task NothingListensNothingIsThereAndTheContextIsWrong()
    {
        using TempFolder folder = new("engines");
        using EngineConnections none = new(_ => null) { UsualHosts = ["unix://" + folder.Combine("docker.sock"), "unix://" + folder.Combine("podman.sock")] };
        EngineNotFoundException missing = await Assert.ThrowsAsync<EngineNotFoundException>(() => none.OpenAsync(EngineAddress.Default, TestContext.Current.CancellationToken));
        Assert.Contains("docker.sock", missing.Message, StringComparison.Ordinal);
        Assert.Contains("podman.sock", missing.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder.Combine("podman.sock"), "", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<EngineUnreachableException>(() => none.OpenAsync(EngineAddress.Default, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<EngineUnreachableException>(() => none.OpenAsync(new EngineAddress("unix://" + folder.Combine("nowhere.sock")), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<EngineUnreachableException>(() => none.OpenAsync(new EngineAddress("tcp://127.0.0.1:1"), TestContext.Current.CancellationToken));
    }

    private static byte[] Flip(byte[] archive)
    {
        byte[] copy = [.. archive];
        // The file's name ends in the same word as its content, which is the last of them.
        int at = copy.AsSpan().LastIndexOf("fake\0"u8);
        copy[at] ^= 1;
        return copy;
    }
}
