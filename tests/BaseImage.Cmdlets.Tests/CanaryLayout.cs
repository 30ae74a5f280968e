using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace BaseImage.Cmdlets.Tests;

/// <summary>A secret that must be found and never seen again.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="Rule">The rule that finds it.</param>
/// <param name="Where">The finding's path, or where it has none a part of its message.</param>
internal sealed record Canary(string Secret, string Rule, string Where);

/// <summary>An image with secrets in files, environment, labels, commands and history, all new in each run.</summary>
internal static class CanaryLayout
{
    /// <summary>Writes the layout and says what is planted.</summary>
    internal static IReadOnlyList<Canary> Write(string folder)
    {
        List<Canary> canaries = [];
        List<(string Path, string Text)> files = [];
        string Letters(int length) => string.Concat(Enumerable.Range(0, length).Select(i => i == length - 1 ? '7' : "ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"[RandomNumberGenerator.GetInt32(57)]));
        string Plant(string secret, string rule, string where)
        {
            canaries.Add(new Canary(secret, rule, where));
            return secret;
        }

        string File(string path, string text, string secret)
        {
            files.Add((path, text.Replace("{0}", secret, StringComparison.Ordinal)));
            return Plant(secret, "BI2006", "/" + path);
        }

        File("srv/.env", "# settings\nDB_PASSWORD={0}\n", Letters(24));
        File("root/.npmrc", "strict-ssl=false\n//registry.internal/:_authToken={0}\n", Letters(36));
        File("root/.netrc", "machine git.internal\nlogin ci\npassword {0}\n", Letters(20));
        File("root/.pypirc", "[pypi]\nusername = ci\npassword = {0}\n", Letters(30));
        File("etc/service.key", "-----BEGIN PRIVATE KEY-----\n{0}\n-----END PRIVATE KEY-----\n", Letters(64));
        File("root/.aws/credentials", "[default]\naws_secret_access_key = {0}\n", Letters(40));
        File("root/.kube/config", "users:\n- name: a\n  user:\n    token: {0}\n", Letters(40));
        File("root/.git-credentials", "https://ci:{0}@git.internal\n", Letters(22));
        File("root/.my.cnf", "[client]\npassword={0}\n", Letters(18));
        File("srv/config.yaml", "url: postgres://app:{0}@db.internal/app\n", Letters(20));
        File("srv/notes.txt", "the bot uses ghp_{0}\n", Letters(36));
        string login = Letters(20);
        files.Add(("root/.docker/config.json", "{\"auths\":{\"r.internal\":{\"auth\":\"" + Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:" + login)) + "\"}}}"));
        Plant(Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:" + login)), "BI2006", "/root/.docker/config.json");
        JsonObject config = new()
        {
            ["User"] = "65532:65532",
            ["Env"] = new JsonArray(
                "PATH=/usr/bin:/bin", "API_TOKEN=" + Plant(Letters(32), "BI1002", "API_TOKEN"), "MYSQL_ROOT_PASSWORD=" + Plant(Letters(16), "BI1002", "MYSQL_ROOT_PASSWORD"),
                "DSN=redis://cache:" + Plant(Letters(20), "BI1002", "DSN") + "@cache.internal/0",
                "NODE_OPTIONS=--require /x.js --api-key=" + Plant(Letters(24), "BI1021", "NODE_OPTIONS")),
            ["Labels"] = new JsonObject { ["hook"] = "https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/" + Plant(Letters(24), "BI1002", "hook"), ["stripe"] = "sk_live_" + Plant(Letters(24), "BI1002", "stripe") },
            ["Cmd"] = new JsonArray("/bin/sh", "-c", "app --password " + Plant(Letters(20), "BI1002", "cmd")),
        };
        string[] steps =
        [
            $"|1 DB_PASSWORD={Plant(Letters(20), "BI1002", "step 1")} /bin/sh -c make install",
            $"/bin/sh -c curl -u ci:{Plant(Letters(20), "BI1002", "step 2")} https://get.internal/x | sh",
            $"RUN /bin/sh -c SECRET_KEY='{Plant(Letters(26), "BI1002", "step 3")}' ./configure # buildkit",
            $"/bin/sh -c #(nop) ADD file:01 in / {Plant(Letters(4) + "glpat", "", "")}",
            $"ADD https://get.internal/x?token=glpat-{Plant(Letters(20), "BI1002", "step 5")} /x # buildkit",
        ];
        canaries.RemoveAll(canary => canary.Rule.Length == 0);
        SmallLayout.Write(folder, config, Tar(files), steps);
        return canaries;
    }

    private static byte[] Tar(List<(string Path, string Text)> files)
    {
        using MemoryStream stream = new();
        using (TarWriter writer = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string path, string text) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }

        return stream.ToArray();
    }
}
