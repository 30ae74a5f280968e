using System.Text.Json;

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

public class DockerfileSecretTests
{
    // Made up by a seed, so that no file of this project holds one: forms of issuers, and values that only their names give away.
    private static IReadOnlyList<(string Text, string Secret)> Canaries()
    {
        Random random = new(42);
        string Of(int length) => new([.. Enumerable.Range(0, length).Select(_ => "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"[random.Next(57)])]);
        string Secret(string kind) => TestSecrets.All(11).First(one => one.Kind == kind).Secret;
        string[] own = [Of(24), Of(20), Of(32), Of(18), Of(28), Of(24), Of(20), Of(26), Of(22), Of(30)];
        return
        [
            ($"ARG GH={Secret("GitHub token")}", Secret("GitHub token")),
            ($"ENV KEY=\"{Secret("Google API key")}\"", Secret("Google API key")),
            ($"RUN curl -H 'Authorization: Bearer {Secret("GitLab token")}' https://h.internal/x", Secret("GitLab token")),
            ($"LABEL x={Secret("Stripe key")}", Secret("Stripe key")),
            ($"# was {Secret("npm token")}", ""),
            ($"RUN pip install --index-url https://app:{Secret("password in a URL")}@pypi.internal/simple x==1", Secret("password in a URL")),
            ($"ENV DB_PASSWORD={own[0]}", own[0]),
            ($"ARG API_TOKEN='{own[1]}'", own[1]),
            ($"RUN export MASTER_KEY={own[2]} && ./x", own[2]),
            ($"RUN tool login --password={own[3]}", own[3]),
            ($"RUN tool login --password {own[5]} -v", own[5]),
            ($"RUN curl -u ci:{own[6]} https://h.internal/x -o /x", own[6]),
            ($"CMD [\"/bin/app\", \"--api-key\", \"{own[7]}\"]", own[7]),
            ($"ENTRYPOINT exec /bin/app --token={own[8]}", own[8]),
            ($"HEALTHCHECK --interval=5s CMD curl --api-key {own[9]} http://localhost/", own[9]),
            ($"RUN <<EOF\nSECRET_TOKEN={own[4]} ./x\nEOF", own[4]),
        ];
    }

    [Fact]
    [Fires("BI6103")]
    public void Canaries_are_found_and_shown_nowhere()
    {
        foreach ((string text, string secret) in Canaries().Where(one => one.Secret.Length > 0))
        {
            IReadOnlyList<AuditResult> rows = DockerfileRuleTests.Audit($"{RuleTable.Base}\n{text}\nUSER 1\n");
            AuditResult row = rows.Single(one => one.RuleId == "BI6103");
            Assert.True(row.Status == AuditStatus.Fail, text[..12]);
            Assert.Equal(2, row.Findings[0].Line - (text.StartsWith("RUN <<", StringComparison.Ordinal) ? 1 : 0));
            Assert.DoesNotContain(secret, JsonSerializer.Serialize(rows), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, string.Join('\n', rows.Select(one => one.ToString() + string.Join('\n', one.Findings))), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Quiet("BI6103")]
    public void What_only_looks_like_a_secret_is_none()
    {
        string[] texts =
        [
            "ARG NPM_TOKEN", "ENV DB_PASSWORD_FILE=/run/secrets/db", "ENV API_TOKEN=$TOKEN", "ARG PASSWORD=", "ENV POSTGRES_PASSWORD=changeme-example", "RUN --mount=type=secret,id=t TOKEN=$(cat /run/secrets/t) ./x",
            "ENV TOKEN_TTL=3600", "RUN echo sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "LABEL org.opencontainers.image.revision=0123456789abcdef0123456789abcdef01234567", "ENV GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
            "RUN curl -u \"$USER:$PASSWORD\" https://h", "ENV KEYBOARD_LAYOUT=us", "ARG SECRET_KEY=${SECRET_KEY}",
        ];
        Assert.All(texts, text => Assert.DoesNotContain(Assert.Single(DockerfileRuleTests.Audit($"{RuleTable.Base}\n{text}\n", "BI6103")).Findings, finding => finding.Severity > Severity.Medium));
    }
}
