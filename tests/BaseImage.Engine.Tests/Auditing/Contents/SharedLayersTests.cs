using System.Reflection;
using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Errors;
using Newtonsoft.Json;

namespace BaseImage.Engine.Tests.Auditing.Contents;

/// <summary>What images share of their layers is what each would have by itself.</summary>
public class SharedLayersTests
{
    private static readonly Lazy<byte[]> Program = new(() => File.Exists("/usr/bin/true") ? File.ReadAllBytes("/usr/bin/true") : [0x7f, .. "ELF"u8, .. new byte[60]]);

    private static readonly Lazy<string> Secret = new(() => TestSecrets.All()[0] is var first ? first.Text.Replace("{0}", first.Secret, StringComparison.Ordinal) : "");

    [Fact]
    public void Files_on_shared_layers_are_those_of_the_image_by_itself()
    {
        int shared = 0, apart = 0, refused = 0, hiding = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            Random random = new(seed);
            LayerFacts[] layers = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Layer(random, i == 0 ? 14 : 5, isWild: random.Next(3) == 0))];
            int common = random.Next(1, layers.Length + 1);
            string plain = Try(() => Describe(Plain(layers)));
            SharedLayers? stack = SharedLayers.Of(layers[..common], CancellationToken.None);
            FileFacts? facts = null;
            string together = Try(() => (facts = stack?.With(layers, Name, CancellationToken.None)?.Facts) is { } files ? Describe(files) : "");
            if (together.Length == 0 || plain == "refused")
            {
                Assert.True(together is "" or "refused", $"seed {seed}: by itself {plain}, shared {together}");
                (apart, refused) = (apart + (plain == "refused" ? 0 : 1), refused + (plain == "refused" ? 1 : 0));
                continue;
            }

            Assert.True(plain == together, $"seed {seed}, {common} of {layers.Length}: by itself\n{plain}\nshared\n{together}");
            shared++;
            hiding += facts!.Use.Hidden.Count > 0 && facts.Replaced.Count > 0 ? 1 : 0;
        }

        Assert.True(shared > 200 && apart > 60 && refused > 10 && hiding > 30, $"{shared} shared, {hiding} of them with hidden files, {apart} apart, {refused} refused: the generator is too tame or too wild");
    }

    [Fact]
    public void Rules_say_of_images_that_share_layers_what_they_say_of_each_by_itself()
    {
        IAuditRule[] rules = [.. RuleCatalogue.Instance.Evaluated.Where(rule => !rule.NeedsRuntime)];
        int images = 0, remembered = 0, asked = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            LayerFacts[] below = [Layer(random, 30, isWild: false), Layer(random, 10, isWild: false)];
            if (SharedLayers.Of(below, CancellationToken.None) is not { } stack)
            {
                continue;
            }

            for (int image = 0; image < 6; image++)
            {
                LayerFacts[] layers = [.. below, Layer(random, random.Next(1, 4), isWild: random.Next(4) == 0)];
                if (Try(() => Describe(Plain(layers))) == "refused" || stack.With(layers, Name, CancellationToken.None) is not { } with)
                {
                    continue;
                }

                ImageFacts facts = new TestFacts { Config = new ImageConfig { User = random.Next(2) == 0 ? "1000" : "", Env = ["PATH=/usr/bin:/bin"], Cmd = random.Next(2) == 0 ? ["/usr/bin/tool"] : ["sh"], Labels = new Dictionary<string, string> { ["n"] = $"{image}" } } }.Build()
                    with
                { Limits = PolicyLimits.None, Now = TestFacts.Epoch.AddYears(random.Next(2)) };
                ImageFacts plain = facts with { Files = Plain(layers) }, shared = facts with { Files = with.Facts };
                images++;
                foreach (IAuditRule rule in rules)
                {
                    RuleOutcome? known = with.Facts.Shared!.Outcomes.TryGetValue(rule, out RememberedOutcome? before) ? before.Outcome : null;
                    RuleOutcome outcome = RememberedOutcome.Of(rule, shared, CancellationToken.None);
                    string expected = Words(rule.Evaluate(plain, CancellationToken.None)), said = Words(outcome);
                    Assert.True(expected == said, $"seed {seed}, image {image}, {rule.Describe.Id}: by itself\n{expected}\nshared\n{said}");
                    (asked, remembered) = (asked + 1, remembered + (ReferenceEquals(known, outcome) ? 1 : 0));
                }
            }
        }

        Assert.True(images > 60 && remembered > asked / 4 && remembered < asked, $"{images} images, {remembered} of {asked} outcomes remembered: the generator is too tame or too wild");
    }

    [Fact]
    public void Tests_of_files_hold_nothing_of_their_surroundings()
    {
        Random random = new(5);
        FactsTrace trace = new();
        ImageFacts facts = new TestFacts().Build() with { Files = Plain([Layer(random, 60, isWild: false)]) };
        foreach (IAuditRule rule in RuleCatalogue.Instance.Evaluated.Where(rule => !rule.NeedsRuntime))
        {
            rule.Evaluate(facts.Traced(trace), CancellationToken.None);
        }

        Func<FileFacts, ImageFile, bool>[] tests = [.. trace.Tests.Distinct()];
        Assert.True(tests.Length > 30, $"{tests.Length} tests");
        Assert.All(tests, test => Assert.True(test.Target is null || test.Target.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0, $"{test.Method.DeclaringType}.{test.Method.Name}"));
    }

    private static string Name(int layer) => $"layer {layer}";

    private static FileFacts Plain(LayerFacts[] layers)
    {
        LayerMerge merge = new();
        merge.Apply(layers, 0, Name, CancellationToken.None);
        return merge.Complete(new PackageDatabase(merge.Files, "", Platform.LinuxAmd64), layers.Length).Facts;
    }

    private static string Words(RuleOutcome outcome)
        => $"{outcome.IsSkipped} {outcome.Message}\n{string.Join('\n', outcome.Findings.Select(f => $"{f.Path}|{f.Message}|{f.Severity}|{f.Key}|{f.Line}"))}";

    private static string Describe(FileFacts files)
    {
        StringBuilder text = new();
        foreach (ImageFile file in files.All)
        {
            text.Append(JsonConvert.SerializeObject(file)).Append(' ').Append(files.Content(file)?.Digest).Append(' ').Append(files.Content(file)?.Program).Append('\n');
            Assert.Same(file, files.Find(file.Path));
        }

        foreach (string path in new[] { "/a", "/a/b", "/bin/tool", "/usr/bin/tool", "/etc/passwd", "/link/x" })
        {
            text.Append(path).Append(" -> ").Append(files.Resolve(path)?.Path).Append('\n');
        }

        text.Append(JsonConvert.SerializeObject(files.Use)).Append('\n');
        return text.AppendJoin('\n', files.Secrets.Select(secret => $"{secret.Path} {secret.Layer} {secret.Hit}").Order(StringComparer.Ordinal)).ToString();
    }

    private static string Try(Func<string> action)
    {
        try
        {
            return action();
        }
        catch (BaseImageException e) when (e is TarInvalidException or TarHostileException or TarLimitException)
        {
            return "refused";
        }
    }

    // Few paths, so that layers meet, and those that rules know.
    private static readonly string[] Places =
    [
        "a", "a/b", "a/b/c", "usr/bin/tool", "usr/bin/sh", "bin/tool", "usr/sbin/cron", "etc/cron.d/job", "usr/bin/sudo", "etc/sudoers.d/x", "etc/passwd", "etc/shadow", "root/.ssh/id_rsa", "home/u/.ssh/id_rsa", "app/.env", "app/Dockerfile", "app/x~",
        "app/.git/config", "app/k.p12", "usr/share/doc/p/copyright", "usr/lib/libx.so.1", "usr/lib/x/y.pyc", "etc/machine-id", "tmp/t", "proc/x", "var/log/a.log", "etc/apt/sources.list", "usr/lib/os-release", "data/ü", "data/bad\xff",
    ];

    private static readonly string[] Databases = ["var/lib/dpkg/status", "var/lib/dpkg/info/p.list", "var/lib/dpkg/info/p.md5sums", "var/lib/dpkg/info/q.list", "var/lib/dpkg/diversions"];

    private static LayerFacts Layer(Random random, int most, bool isWild)
    {
        TestTar tar = new();
        HashSet<string> files = [];
        for (int i = random.Next(1, most + 1); i > 0; i--)
        {
            string path = Places[random.Next(Places.Length)];
            switch (random.Next(isWild ? 14 : 9))
            {
                case 0:
                    tar.Add(path[..Math.Max(path.LastIndexOf('/'), 1)] + "/", '5', mode: random.Next(2) == 0 ? 0x1FF : 0x1ED, uid: random.Next(2) * 1000);
                    break;
                case 1 or 2:
                    tar.Add(path, content: Program.Value, mode: random.Next(3) switch { 0 => 0x9ED, 1 => 0x1FF, _ => 0x1ED }, uid: random.Next(2) * 1000);
                    files.Add(path);
                    break;
                case 3 when most > 6 || isWild:
                    string database = Databases[random.Next(Databases.Length)];
                    tar.Add(database, content: Encoding.UTF8.GetBytes(Database(random, database)));
                    break;
                case 9:
                    tar.Add(random.Next(2) == 0 ? "bin" : "link", '2', link: random.Next(2) == 0 ? "usr/bin" : "a");
                    break;
                case 10:
                    tar.Add(path, '2', link: Places[random.Next(Places.Length)]);
                    break;
                case 11 when files.Count > 0 && !files.Contains(path):
                    tar.Add(path, '1', link: files.ElementAt(random.Next(files.Count)));
                    break;
                case 12:
                    tar.Add(path.Insert(path.LastIndexOf('/') + 1, ".wh."));
                    break;
                case 13:
                    tar.Add(path[..(path.LastIndexOf('/') + 1)] + ".wh..wh..opq");
                    break;
                default:
                    tar.Add(path, content: Encoding.UTF8.GetBytes(Content(random, path)), mode: random.Next(2) == 0 ? 0x1A4 : 0x1B6, uid: random.Next(3) == 0 ? 70_000 : 0, time: random.Next());
                    files.Add(path);
                    break;
            }
        }

        return LayerScan.Read(new MemoryStream(tar.ToArray()), "layer", CancellationToken.None);
    }

    private static string Content(Random random, string path) => path switch
    {
        "etc/passwd" => random.Next(2) == 0 ? "root:x:0:0::/root:/bin/sh\n" : "root:x:0:0::/root:/bin/sh\nu:x:1000:1000::/home/u:\n",
        "etc/sudoers.d/x" => "u ALL=(ALL) NOPASSWD: ALL\n",
        "etc/machine-id" => new string('a', 32) + "\n",
        "etc/apt/sources.list" => random.Next(2) == 0 ? "deb http://archive.example.org/debian stable main\n" : "deb [trusted=yes] http://example.org/debian bookworm main\n",
        "usr/lib/os-release" => "ID=debian\nVERSION_ID=12\n",
        _ when random.Next(6) == 0 => "#!/usr/bin/tool\n" + Secret.Value + "\n",
        _ => new string((char)('a' + random.Next(3)), random.Next(40)),
    };

    private static string Database(Random random, string path)
    {
        string package = path.Contains("/q.", StringComparison.Ordinal) ? "q" : "p";
        string[] listed = [.. Enumerable.Range(0, 8).Select(_ => Places[random.Next(Places.Length - 1)])];
        return path.EndsWith(".list", StringComparison.Ordinal) ? string.Join("", listed.Select(name => $"/{name}\n"))
            : path.EndsWith(".md5sums", StringComparison.Ordinal) ? string.Join("", listed.Select(name => $"{TestFacts.Md5("aaa"u8.ToArray())}  {name}\n"))
            : path.EndsWith("diversions", StringComparison.Ordinal) ? "/usr/bin/tool\n/usr/bin/sh\nq\n"
            : $"Package: {package}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {random.Next(3)}\nDescription: x\n\n";
    }
}
