using System.Formats.Tar;
using System.Net.Http.Headers;
using System.Text;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Tests.Engines;

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

/// <summary>
/// dockerd's classic builder reads a whole Dockerfile before its first step. That step copies what is not there: whoever gets
/// as far has taken the file, and nothing is built.
/// </summary>
public class BuilderAgreementTests
{
    private const string FirstStep = "FROM scratch\nCOPY no-such-file /x\n";

    // A file of ARG alone is not among them: dockerd 20.10 ends the connection there, in place of an answer.
    private static readonly string[] Odd =
    [
        "RUN a\n", "RUM a\n", "RUN\n", "COPY x\n", "COPY x y z\n", "COPY [\"a\", \"b\"]\n", "COPY ['a', 'b']\n", "ADD --chown=1:1 a b\n", "COPY --chown=1 --from=x a b\n", "COPY --form=x a b\n", "COPY --chown=1 --chown=2 a b\n",
        "ENV a\n", "ENV a b c\n", "ENV a=b c\n", "ENV a=b c=\"d e\"\n", "ENV =x\n", "LABEL a\n", "LABEL a=b \\\n# c\n c=d\n", "ARG\n", "ARG a\n", "ARG =b\n", "EXPOSE\n", "EXPOSE 80 81/udp\n", "USER\n", "USER a b\n", "WORKDIR\n", "WORKDIR a b\n",
        "CMD\n", "CMD [\"a\", 1]\n", "CMD [\"a\",]\n", "SHELL [\"a\"]\n", "SHELL a\n", "SHELL []\n", "STOPSIGNAL\n", "VOLUME []\n", "VOLUME [\"\"]\n", "HEALTHCHECK NONE\n", "HEALTHCHECK NONE x\n", "HEALTHCHECK CMD\n", "HEALTHCHECK CMD a\n", "HEALTHCHECK a\n", "HEALTHCHECK\n",
        "HEALTHCHECK --interval=5s --retries=3 CMD a\n", "HEALTHCHECK --interval=5 CMD a\n", "HEALTHCHECK --retries=-1 CMD a\n", "HEALTHCHECK --interval=0.5ms CMD a\n", "ONBUILD\n", "ONBUILD RUN a\n", "ONBUILD ONBUILD RUN a\n", "ONBUILD FROM a\n", "ONBUILD MAINTAINER a\n",
        "FROM a b\n", "FROM scratch AS b\n", "FROM scratch as 1b\n", "FROM scratch AS b c\n", "FROM\n", "MAINTAINER\n", "MAINTAINER a b\n", "run a \\\n\n b\n", "RUN a \\\n", "RUN a \\\\\nUSER b\n", "\\\n", "RUN [\"a\", \"b\\\n\"]\n", "\tRUN a\n", "RUN a\r\nUSER b\r\n", "# escape=`\n", "FRO\tx\n",
    ];

    [Fact]
    public async Task DockerDs_builder_takes_what_the_parser_takes()
    {
        TestEngine engine = await TestEngines.GetAsync("dockerd");
        using HttpClient client = TestEngine.ClientOf(engine.SocketPath);
        List<string> differ = [];
        foreach (string text in Odd.Select(odd => FirstStep + odd).Concat(["", "# c\n", "ARG A=1\n" + FirstStep, "RUN a\n" + FirstStep, "# escape=`\n" + FirstStep + "RUN a `\n b\n", "# escape=x\n" + FirstStep, "# escape=`\n# escape=`\n" + FirstStep, "\uFEFF" + FirstStep, FirstStep.Replace("\n", "\r\n", StringComparison.Ordinal)]))
        {
            string said;
            try
            {
                said = await BuildAsync(client, text);
            }
            catch (HttpRequestException e)
            {
                differ.Add($"{e.Message} {e.InnerException?.Message}: {text.ReplaceLineEndings("\\n")}");
                continue;
            }

            bool taken = said.Contains("no-such-file", StringComparison.Ordinal);
            bool parsed = DockerfileParser.Parse(text).Problems.Count == 0;
            if (taken != parsed)
            {
                differ.Add($"{(taken ? "taken" : "refused")} by dockerd: {text.ReplaceLineEndings("\\n")} {said.Trim()}");
            }
        }

        Assert.True(differ.Count == 0, string.Join('\n', differ));
    }

    private static async Task<string> BuildAsync(HttpClient client, string text)
    {
        using MemoryStream archive = new();
        await using (TarWriter writer = new(archive, leaveOpen: true))
        {
            using MemoryStream content = new(Encoding.UTF8.GetBytes(text));
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "Dockerfile") { DataStream = content });
        }

        // A connection that was kept from the request before may be closed just when it is used again.
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("/build?networkmode=none&rm=1&forcerm=1", UriKind.Relative)) { Content = new ByteArrayContent(archive.ToArray()) };
        request.Headers.ConnectionClose = true;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
