using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Web;
using BaseImage.Engine.Tests.Engines;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>
/// A real docker-registry that has learned the referrers API: what is pushed with a subject is listed, in pages, by type where that is
/// asked for, and is answered with OCI-Subject. oras is held against it, so that it is what clients know.
/// Source: OCI Distribution Specification 1.1, "Listing Referrers", "Pushing Manifests with Subject".
/// </summary>
internal sealed class ReferrersFront : IAsyncDisposable
{
    private static readonly string[] Ours = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"];
    private readonly HttpListener _listener = new();
    private readonly HttpClient _behind = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly ConcurrentDictionary<string, SortedDictionary<string, JObject>> _referrers = new(StringComparer.Ordinal);
    private readonly TestRegistry _registry;
    private readonly Task _loop;

    private ReferrersFront(TestRegistry registry)
    {
        _registry = registry;
        Address = $"127.0.0.1:{LoopbackServer.FreePort()}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _loop = LoopAsync();
    }

    /// <summary>Host and port, as names of images have them.</summary>
    public string Address { get; }

    /// <summary>The registry behind it, which has no such API.</summary>
    public string Behind => _registry.Address;

    /// <summary>How many referrers a page has.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>What it says it lists a manifest under; the subject itself where it does not lie.</summary>
    public Func<string, string?> Says { get; set; } = subject => subject;

    /// <summary>Method and path of every request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<ReferrersFront> StartAsync() => new(await TestRegistry.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
        _behind.Dispose();
        await _registry.DisposeAsync();
    }

    private async Task LoopAsync()
    {
        List<Task> running = [];
        try
        {
            while (true)
            {
                running.Add(ServeAsync(await _listener.GetContextAsync()));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using HttpListenerResponse response = context.Response;

            // Clients may not take up connections again that this listener closes when it pleases.
            response.KeepAlive = false;
            Requests.Enqueue($"{context.Request.HttpMethod} {context.Request.RawUrl}");
            string[] path = context.Request.Url!.AbsolutePath["/v2/".Length..].Split('/');
            string key = path.Length < 3 ? "" : string.Join('/', path[..^2]) + "@";
            if (path.Length >= 3 && path[^2] == "referrers")
            {
                await ListAsync(key + path[^1], context, response);
                return;
            }

            byte[] body = await PassAsync(context, response);
            if (context.Request.HttpMethod == "PUT" && path.Length >= 3 && path[^2] == "manifests" && response.StatusCode == 201 && Note(key, body, context.Request.ContentType!) is { } subject)
            {
                response.AddHeader("OCI-Subject", subject);
            }
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client has gone.
        }
    }

    private async Task ListAsync(string key, HttpListenerContext context, HttpListenerResponse response)
    {
        System.Collections.Specialized.NameValueCollection query = HttpUtility.ParseQueryString(context.Request.Url!.Query);
        SortedDictionary<string, JObject> all = _referrers.GetOrAdd(key, _ => new SortedDictionary<string, JObject>(StringComparer.Ordinal));
        JObject[] wanted;
        lock (all)
        {
            wanted = [.. all.Where(pair => string.CompareOrdinal(pair.Key, query["last"] ?? "") > 0).Select(pair => pair.Value)
                .Where(one => query["artifactType"] is not { } type || (string)one["artifactType"]! == type)];
        }

        if (query["artifactType"] is { } filter)
        {
            response.AddHeader("OCI-Filters-Applied", "artifactType");
            query["artifactType"] = filter;
        }

        JObject[] page = [.. wanted.Take(PageSize)];
        if (page.Length < wanted.Length)
        {
            query["last"] = (string)page[^1]["digest"]!;
            response.AddHeader("Link", $"<{context.Request.Url.AbsolutePath}?{query}>; rel=\"next\"");
        }

        response.ContentType = "application/vnd.oci.image.index.v1+json";
        byte[] bytes = Encoding.UTF8.GetBytes(new JObject { ["schemaVersion"] = 2, ["mediaType"] = response.ContentType, ["manifests"] = new JArray(page.Cast<object>()) }.ToString());
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
    }

    // The descriptor that it is listed by; null where it has no subject.
    private string? Note(string key, byte[] bytes, string mediaType)
    {
        JObject manifest = JObject.Parse(Encoding.UTF8.GetString(bytes));
        if (manifest["subject"] is not JObject subject || (string)subject["digest"]! is not { } about)
        {
            return null;
        }

        string digest = Digest.Of(bytes).ToString();
        JObject descriptor = new() { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = bytes.Length, ["artifactType"] = manifest["artifactType"] ?? manifest["config"]?["mediaType"] };
        if (manifest["annotations"] is { } annotations)
        {
            descriptor["annotations"] = annotations;
        }

        SortedDictionary<string, JObject> all = _referrers.GetOrAdd(key + about, _ => new SortedDictionary<string, JObject>(StringComparer.Ordinal));
        lock (all)
        {
            all[digest] = descriptor;
        }

        return Says(about);
    }

    private async Task<byte[]> PassAsync(HttpListenerContext context, HttpListenerResponse response)
    {
        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body);
        using HttpRequestMessage request = new(new HttpMethod(context.Request.HttpMethod), $"http://{_registry.Address}{context.Request.RawUrl}");
        request.Headers.Host = Address;
        if (context.Request.HasEntityBody || context.Request.HttpMethod is "PUT" or "POST" or "PATCH")
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (string name in context.Request.Headers.AllKeys.OfType<string>().Where(name => !Ours.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            string value = context.Request.Headers[name]!;
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using HttpResponseMessage answer = await _behind.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !Ours.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            response.AddHeader(name, string.Join(", ", values));
        }

        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        response.ContentLength64 = answer.Content.Headers.ContentLength ?? content.Length;
        if (context.Request.HttpMethod != "HEAD" && content.Length > 0)
        {
            await response.OutputStream.WriteAsync(content);
        }

        return body.ToArray();
    }
}
