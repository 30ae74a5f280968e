using System.Security.Cryptography;
using System.Text;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Dockerfiles with secrets wherever a line can have one, all new in each run.</summary>
internal static class CanaryDockerfiles
{
    /// <summary>Writes the folder and says what is planted.</summary>
    internal static IReadOnlyList<Canary> Write(string folder)
    {
        List<Canary> canaries = [];
        string Letters(int length) => string.Concat(Enumerable.Range(0, length).Select(i => i == length - 1 ? '7' : "ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"[RandomNumberGenerator.GetInt32(57)]));

        // Between letters stands what URLs, JSON, XML and HTML write otherwise.
        string Odd() => $"{Letters(12)}+/%<&>{Letters(12)}";
        string Plant(string secret, string rule, string where)
        {
            canaries.Add(new Canary(secret, rule, where));
            return secret;
        }

        void File(string path, string text)
        {
            string full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            System.IO.File.WriteAllText(full, text, new UTF8Encoding(false));

            // Findings have the line.
            string[] lines = text.Split('\n');
            for (int i = 0; i < canaries.Count; i++)
            {
                int line = Array.FindIndex(lines, one => one.Contains(canaries[i].Secret, StringComparison.Ordinal));
                canaries[i] = line < 0 ? canaries[i] : canaries[i] with { Where = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path.GetFileName(folder)}/{path}:{line + 1} ") };
            }
        }

        string Value(string secret, string path) => Plant(secret, "BI6103", path);
        const string Main = "Dockerfile", Odds = "odd/Dockerfile", Broken = "broken/Dockerfile";
        File(Main, $$"""
            # syntax=docker/dockerfile:1
            FROM docker.io/library/debian:12 AS base
            ARG GH_TOKEN=ghp_{{Value(Letters(36), Main)}}
            ARG API_TOKEN={{Value(Letters(32), Main)}}
            ENV DB_PASSWORD={{Value(Letters(24), Main)}} OTHER=1
            ENV MYSQL_ROOT_PASSWORD {{Value(Letters(20), Main)}}
            LABEL stripe="sk_live_{{Value(Letters(24), Main)}}"
            RUN curl -H 'Authorization: Bearer glpat-{{Value(Letters(20), Main)}}' https://h.internal/x | sh
            RUN curl -u ci:{{Value(Letters(20), Main)}} https://h.internal/x -o /x
            RUN pip install --index-url https://app:{{Value(Letters(22), Main)}}@pypi.internal/simple x==1
            RUN export MASTER_KEY={{Value(Letters(26), Main)}} && tool login --password={{Value(Letters(18), Main)}}
            RUN <<EOF
            SECRET_TOKEN={{Value(Letters(28), Main)}} ./x
            EOF
            CMD ["/bin/app", "--api-key", "{{Value(Letters(24), Main)}}"]
            USER 1
            """);
        File(Odds, $$"""
            FROM scratch
            # hadolint ignore=DL3008 the token is ghp_{{Plant(Letters(36), "", Odds)}}
            RUN apt-get install -y x
            # baseimage ignore=BI6009 because npm_{{Plant(Letters(36), "", Odds)}}
            RUN apt-get update && apt-get install y
            ENV DB_PASSWORD="{{Value(Odd(), Odds)}}"
            ENV DB_SECRET='{{Value(Odd(), Odds)}}'
            ARG SECRET_KEY={{Value(Letters(16) + "\\\"" + Letters(16), Odds)}}
            ADD https://ci:{{Plant(Letters(20), "BI6103", Odds)}}@get.internal/x?token=glpat-{{Plant(Letters(20), "BI6103", Odds)}} /x
            ONBUILD ENV API_KEY={{Value(Letters(32), Odds)}}
            HEALTHCHECK CMD curl -H "X-Api-Key: {{Plant(Letters(32), "", Odds)}}" --api-key={{Value(Letters(24), Odds)}} http://localhost/
            RUN PASSWORD={{Value(Letters(20), Odds)}} ./x \
              # the old one was ghp_{{Plant(Letters(36), "", Odds)}}
              --more
            """);
        File(Broken, $$"""
            FROM docker.io/library/debian:12
            RNU curl -u ci:{{Plant(Letters(20), "", Broken)}} https://h.internal/x
            ENV DB_PASSWORD={{Plant(Letters(24), "", Broken)}} NOTHING
            COPY --token=ghp_{{Plant(Letters(36), "", Broken)}} a b
            EXPOSE ghp_{{Plant(Letters(36), "", Broken)}}
            HEALTHCHECK --interval=ghp_{{Plant(Letters(36), "", Broken)}} CMD x
            """);
        return canaries;
    }
}
