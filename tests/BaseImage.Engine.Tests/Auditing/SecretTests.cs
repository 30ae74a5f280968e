using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Auditing;

public class SecretTests
{
    [Fact]
    public void Every_form_is_found_and_masked()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            foreach ((string kind, string text, string secret) in TestSecrets.All(seed))
            {
                string full = text.Replace("{0}", secret, StringComparison.Ordinal);
                Assert.True(SecretScanner.Find(full).Any(hit => hit.Pattern.Kind == kind && full[hit.Secret].Contains(secret.Trim(), StringComparison.Ordinal)), $"{kind} (seed {seed}) is not found");
                Assert.DoesNotContain(secret[^Math.Min(secret.Length, 12)..], SafeText.Of(full), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIFdzCCA1+gAwIBAgIULPsT7cQCxVGUjAQdfDXpVyTTPhVq7AZPQzQ6sWyTkQMlRYI0\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuLPsT7cQCxVGUjAQdfDXpVyTTPhVq7AZPQzQ6s\n")]
    [InlineData("if (text.startsWith(\"-----BEGIN RSA PRIVATE KEY-----\") || text.startsWith(\"-----BEGIN OPENSSH PRIVATE KEY-----\")) return parseThisKey(text);")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("highp_0123456789abcdefghijklmnopqrstuvwxyzAB")]
    [InlineData("//registry/:_authToken=${NPM_TOKEN}")]
    [InlineData("\"auth\": \"oauth2\"")]
    [InlineData("\"auth\": \"aaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("http://user:pass@host:80/ ftp://[user[:password]@]host")]
    [InlineData("https://$USER:$PASSWORD@db1.internal/")]
    [InlineData("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c")]
    [InlineData("sk_live_xxxxxxxxxxxxxxxxxxxxxxxx")]
    public void Look_alikes_are_not(string text) => Assert.Empty(SecretScanner.Find(text));

    [Theory]
    [InlineData("DB_PASSWORD", "q8Zr2LmX0vT5", "secret")]
    [InlineData("DbPassword", "q8Zr2LmX0vT5", "secret")]
    [InlineData("API_KEY", "f3a9c17e5b20d846", "secret")]
    [InlineData("MYSQL_ROOT_PASSWORD", "admin", "default password")]
    [InlineData("PGPASSWORD", "postgres", "default password")]
    [InlineData("MYSQL_ALLOW_EMPTY_PASSWORD", "yes", null)]
    [InlineData("DB_PASSWORD_FILE", "q8Zr2LmX0vT5", null)]
    [InlineData("DB_PASSWORD", "/run/secrets/db", null)]
    [InlineData("DB_PASSWORD", "${DB_PASSWORD}", null)]
    [InlineData("DB_PASSWORD", "", null)]
    [InlineData("PASSWORD_MIN_LENGTH", "8", null)]
    [InlineData("TOKENIZERS_PARALLELISM", "false", null)]
    [InlineData("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568", null)]
    [InlineData("PWD", "q8Zr2LmX0vT5", null)]
    [InlineData("KEYBOARD", "q8Zr2LmX0vT5", null)]
    [InlineData("SSH_AUTH_SOCK", "q8Zr2LmX0vT5", null)]
    public void Variables_are_judged_by_name_and_value(string name, string value, string? expected) => Assert.Equal(expected, NamedSecrets.Judge(name, value)?.Kind);

    [Fact]
    [Fires("BI1002"), Quiet("BI1002")]
    public void Configuration_and_history_are_searched_and_never_shown()
    {
        string token = TestSecrets.All().First(s => s.Kind == "GitHub token").Secret;
        TestFacts facts = new()
        {
            Config = new ImageConfig
            {
                User = "1",
                Env = ["A=" + token, "DB_PASSWORD=q8Zr2LmX0vT5", "PATH=/bin", "BROKEN", "=x", "TOKEN="],
                Labels = new Dictionary<string, string> { ["note"] = "uses " + token },
                Cmd = ["run", "--api-key=abc", "SECRET=q8Zr2LmX0vT5"],
            },
        };
        facts.History.Add(new ImageHistory(null, $"|1 DB_PASSWORD=q8Zr2LmX0vT5 /bin/sh -c curl -H 'Authorization: {token}'", "", false));
        AuditResult row = facts.Row("BI1002");
        Assert.Equal((AuditStatus.Fail, Severity.Critical), (row.Status, row.Severity));
        string all = Newtonsoft.Json.JsonConvert.SerializeObject(row);
        Assert.DoesNotContain("q8Zr2LmX0vT5", all, StringComparison.Ordinal);
        Assert.DoesNotContain(token[8..], all, StringComparison.Ordinal);
        Assert.Equal(7, row.Findings.Count);
        Assert.Equal(7, row.Findings.Select(f => f.Fingerprint).Distinct().Count());
        Assert.Equal(AuditStatus.Pass, new TestFacts { Config = new ImageConfig { Env = ["PATH=/usr/bin:/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "LANG=C.UTF-8"] } }.Row("BI1002").Status);
    }

    [Theory]
    [InlineData("app --password q8Zr2LmX0vT5 --port 80")]
    [InlineData("[\"app\", \"--db-password\", \"q8Zr2LmX0vT5\"]")]
    [InlineData("curl -u ci:q8Zr2LmX0vT5 https://host")]
    [InlineData("curl -H 'Authorization: Bearer q8Zr2LmX0vT5' https://host")]
    [InlineData("curl -H \"PRIVATE-TOKEN: q8Zr2LmX0vT5\" https://host")]
    [InlineData("java -Dspring.datasource.password=q8Zr2LmX0vT5")]
    [InlineData("--set-secret=1 DB_PASSWORD='q8Zr2LmX0vT5'")]
    public void What_a_line_names_a_secret_is_found_and_masked_in_every_output(string line)
    {
        Assert.Contains(NamedSecrets.Assignments(line), pair => pair.Value == "q8Zr2LmX0vT5" && NamedSecrets.Judge(pair.Name, pair.Value) is not null);
        Assert.DoesNotContain("q8Zr2LmX0vT5", SafeText.Of(line), StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Fail, new TestFacts { Config = new ImageConfig { User = "1", Cmd = [line] } }.Row("BI1002").Status);
    }

    [Theory]
    [InlineData("app --password-file /run/secrets/db --token-ttl 60")]
    [InlineData("curl -u $USER:$PASSWORD https://host")]
    [InlineData("curl -H \"Authorization: Bearer ${TOKEN}\" https://host")]
    [InlineData("apt-get install -y --no-install-recommends passwd")]
    [InlineData("openssl req -nodes -keyout key.pem")]
    public void What_only_speaks_of_secrets_is_left_as_it_is(string line)
    {
        Assert.Equal(line, SafeText.Of(line));
        Assert.Equal(AuditStatus.Pass, new TestFacts { Config = new ImageConfig { User = "1", Cmd = [line] } }.Row("BI1002").Status);
    }

    [Fact]
    public void Kept_settings_have_no_logins()
    {
        string kept = Encoding.Latin1.GetString(Engine.Auditing.Contents.SettingsMask.Apply("_auth=c2VjcmV0\nstrict-ssl=false\nindex = https://me:pw@host/trusted\n-k\n"u8));
        Assert.Equal("\nstrict-ssl=false\nindex = https://***@host/trusted\n-k\n", kept);
    }

    [Fact]
    public void A_key_across_every_border_of_the_stream_is_found()
    {
        (_, string text, string secret) = TestSecrets.All().First(s => s.Kind == "private key (PEM)");
        string key = text.Replace("{0}", secret, StringComparison.Ordinal);
        foreach (int before in new[] { 0, 1, 8190, 8192, 65_000, 65_530, 65_536, 81_919, 81_920, 200_000 })
        {
            string filler = string.Concat(Enumerable.Repeat("some line of text\n", (before / 18) + 1))[..before];
            string body = filler + (before > 0 ? "\n" : "") + key + filler;
            foreach (int chunk in new[] { 1000, 4096, 65_536 })
            {
                IReadOnlyList<SecretHit> found = Scan(Encoding.Latin1.GetBytes(body), chunk).Secrets;
                Assert.Equal(body[..body.IndexOf("-----BEGIN", StringComparison.Ordinal)].Count(c => c == '\n') + 1, Assert.Single(found).Line);
            }
        }
    }

    [Fact]
    public void Programs_are_not_searched_but_known()
    {
        string token = TestSecrets.All().First(s => s.Kind == "GitHub token").Secret;
        byte[] elf = [0x7f, .. "ELF"u8, .. new byte[9000], .. Encoding.ASCII.GetBytes(token), .. new byte[70_000], .. "BusyBox is a multi-call binary that"u8];
        for (int chunk = 999; chunk < 80_000; chunk += 9777)
        {
            ContentFacts facts = Scan(elf, chunk);
            Assert.Empty(facts.Secrets);
            Assert.Equal((TestFacts.Md5(elf), ProgramKind.MultiCall), (facts.Md5?.ToString(), facts.Program));
        }
    }

    [Theory]
    [InlineData("app/.env", "export DB_PASSWORD='q8Zr2LmX0vT5'\n", 1)]
    [InlineData("app/.env.example", "DB_PASSWORD=q8Zr2LmX0vT5\n", 0)]
    [InlineData("root/.netrc", "machine x\nlogin y\npassword q8Zr2LmX0vT5\n", 1)]
    [InlineData("root/.pgpass", "db:5432:*:app:q8Zr2LmX0vT5\n", 1)]
    [InlineData("root/.kube/config", "users:\n- user:\n    token: q8Zr2LmX0vT5\n", 1)]
    [InlineData("etc/config", "token: q8Zr2LmX0vT5\n", 0)]
    public void Files_named_for_passwords_are_read(string path, string content, int expected)
        => Assert.Equal(expected, Scan(Encoding.UTF8.GetBytes(content), 4096, path).Secrets.Count);

    [Fact]
    [Fires("BI2006")]
    public void A_hidden_file_is_reported_with_its_layer_and_a_test_key_is_a_note()
    {
        SecretHit hit = new("private key (PEM)", "… (800 characters)", 3, null);
        AuditResult row = new TestFacts().File("/usr/lib/python3/test/keycert.pem").Secret("/usr/lib/python3/test/keycert.pem", hit).Secret("/root/id_rsa", hit, layer: 1).Row("BI2006");
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Equal("/root/id_rsa", row.Findings[0].Path);
        Assert.Equal(3, row.Findings[0].Line);
        Assert.Contains("layer 1 still has it", row.Findings[0].Message, StringComparison.Ordinal);
        Assert.Equal(Severity.Info, row.Findings[1].Severity);
    }

    // However the content comes in pieces.
    private static ContentFacts Scan(byte[] content, int chunk, string path = "a")
    {
        using ContentScanner scanner = new(chunk);
        using Pieces pieces = new(content, chunk);
        return scanner.Scan(LayerEntry.File(path, content.Length), pieces, TestContext.Current.CancellationToken);
    }

    private sealed class Pieces(byte[] content, int chunk) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, chunk)]);
    }
}
