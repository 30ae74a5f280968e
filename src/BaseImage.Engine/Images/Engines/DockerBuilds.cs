using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Docker.DotNet.Models;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// An engine's builder through Docker's API. The library has no word for BuildKit and reads the messages of a build as
/// progress alone, so that the request goes by its connection and the messages are read here.
/// </summary>
internal sealed class DockerBuilds(DockerConnection connection) : IEngineBuilds
{
    /// <inheritdoc/>
    public Task<Stream> BuildAsync(EngineBuildPlan plan, Stream context, CancellationToken cancellationToken)
    {
        StreamContent content = new(context);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        return connection.StreamAsync("build the image", HttpMethod.Post, "build?" + Query(plan), content, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PullAsync(string name, Platform platform, CancellationToken cancellationToken)
    {
        string what = $"pull the image {name}";
        string query = $"images/create?fromImage={Uri.EscapeDataString(name)}&platform={Uri.EscapeDataString(platform.ToString())}";
        Stream messages = await connection.StreamAsync(what, HttpMethod.Post, query, content: null, cancellationToken).ConfigureAwait(false);
        await using (messages.ConfigureAwait(false))
        {
            await foreach (JObject message in EngineMessages.ReadAsync(messages, connection, what, cancellationToken).ConfigureAwait(false))
            {
                if (message["error"] is JValue { Value: string { Length: > 0 } error })
                {
                    throw new EngineRequestFailedException(connection.Endpoint.Host, what, 200, EngineText.Safe(error));
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task<Digest> DistributionAsync(string name, CancellationToken cancellationToken)
    {
        string what = $"ask the registry for {name}";
        Stream body = await connection.StreamAsync(what, HttpMethod.Get, $"distribution/{name}/json", content: null, cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using MemoryStream answer = new();
            await body.CopyToAsync(answer, cancellationToken).ConfigureAwait(false);
            JToken? digest = (StrictJson.ParseObject(answer.ToArray(), what)["Descriptor"] as JObject)?["digest"];
            return digest is JValue { Value: string text } && Digest.TryParse(text, out Digest parsed)
                ? parsed
                : throw new EngineAnswerInvalidException(connection.Endpoint.Host, $"its answer when asked to {what} names no digest");
        }
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> TimeAsync(CancellationToken cancellationToken)
    {
        SystemInfoResponse? info = await connection.AskAsync("tell the time", (client, token) => client.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
        return DateTimeOffset.TryParse(info?.SystemTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
    }

    private static string Query(EngineBuildPlan plan)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("dockerfile", plan.Dockerfile),
            new("t", plan.Name),
            new("networkmode", plan.Network),
            new("rm", "1"),
            new("forcerm", "1"),
            new("nocache", plan.NoCache ? "1" : "0"),
            new("buildargs", Encoding.UTF8.GetString(CanonicalJson.WriteCompact(new JObject(plan.Arguments.Select(pair => new JProperty(pair.Key, pair.Value)))))),
        ];
        Add("target", plan.Target);
        Add("platform", plan.Platform?.ToString() ?? "");
        Add("cpusetcpus", plan.Processors);
        Add("version", plan.BuildKit ? "2" : "");
        return string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));

        void Add(string key, string value)
        {
            if (value.Length > 0)
            {
                fields.Add(new KeyValuePair<string, string>(key, value));
            }
        }
    }
}
