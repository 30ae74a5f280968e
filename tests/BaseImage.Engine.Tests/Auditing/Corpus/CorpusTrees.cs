using System.Collections.Concurrent;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Images;

[assembly: AssemblyFixture(typeof(BaseImage.Engine.Tests.Auditing.Corpus.CorpusTrees))]

namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>Root file systems made by real tools, once a run, and images of copies of them in which something is planted.</summary>
public sealed class CorpusTrees : IDisposable
{
    private static readonly Lazy<TempFolder> Folder = new(() => new TempFolder("corpus"));
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Trees = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        // Maintainer scripts run, so that accounts, dpkg's status, alternatives and caches are the real ones.
        ["debian"] = "mmdebstrap --quiet --variant=essential --include=passwd --aptopt='Acquire::Languages \"none\"' --dpkgopt='path-exclude=/usr/share/locale/*' bookworm .",
        ["busybox"] = """
            mkdir -p bin usr/bin usr/sbin etc srv/bin home/app root && mkdir -m 1777 tmp
            cp "$BUSYBOX" bin/busybox && for a in $(bin/busybox --list); do [ $a = busybox ] || ln -s busybox bin/$a; done
            printf 'root:x:0:0:root:/root:/bin/sh\napp:x:65532:65532::/home/app:/bin/sh\nhomeless:x:65531:65531::/home/homeless:/bin/sh\n' > etc/passwd
            printf 'root:x:0:\napp:x:65532:\n' > etc/group
            chown 65532:65532 home/app srv/bin && chmod 700 root
            """,
        ["alpine"] = """
            mkdir -p bin sbin usr/bin usr/sbin usr/lib lib/apk/db etc/apk root srv dev proc sys run var/log home && mkdir -m 1777 tmp var/tmp && chmod 700 root
            cp "$BUSYBOX" bin/busybox && for a in $(bin/busybox --list); do [ $a = busybox ] || ln -s /bin/busybox bin/$a; done
            printf 'root:x:0:0:root:/root:/bin/ash\nbin:x:1:1:bin:/bin:/sbin/nologin\ndaemon:x:2:2:daemon:/sbin:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' > etc/passwd
            printf 'root:x:0:root\nbin:x:1:root,bin,daemon\ndaemon:x:2:root,bin,daemon\nshadow:x:42:\nnobody:x:65534:\n' > etc/group
            printf 'root:*::0:::::\nbin:!::0:::::\ndaemon:!::0:::::\nnobody:!::0:::::\n' > etc/shadow && chmod 640 etc/shadow && chown 0:42 etc/shadow
            printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n' > etc/os-release && echo 3.20.3 > etc/alpine-release
            printf '127.0.0.1\tlocalhost localhost.localdomain\n::1\t\tlocalhost localhost.localdomain\n' > etc/hosts
            printf 'https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n' > etc/apk/repositories
            printf 'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:busybox\nV:1.36.1-r29\nA:x86_64\nS:500000\nI:900000\nT:Size optimized toolbox\nU:https://busybox.net/\nL:GPL-2.0-only\no:busybox\nF:bin\nR:busybox\na:0:0:755\n\n' > lib/apk/db/installed
            """,
        ["distroless"] = """
            mkdir -p var/lib/dpkg/status.d home/nonroot && mkdir -m 1777 tmp && chown 65532:65532 home/nonroot
            for deb in $DEBS; do
              name=$(dpkg-deb -f $deb Package) && case $name in base-files|netbase|tzdata|ca-certificates) ;; *) continue ;; esac
              dpkg-deb -x $deb . && dpkg-deb -f $deb > var/lib/dpkg/status.d/$name && dpkg-deb --ctrl-tarfile $deb | tar -xO ./md5sums > var/lib/dpkg/status.d/$name.md5sums
            done
            printf 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' > etc/passwd
            printf 'root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\nstaff:x:50:\nmail:x:8:\n' > etc/group
            """,
        ["bare"] = "cp \"$BUSYBOX\" app && chmod 755 app",
    };

    /// <summary>An image of a copy of a tree after every row's script has run in it.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="rows">What to plant.</param>
    /// <param name="folder">Where the image goes.</param>
    /// <returns>The image's reference.</returns>
    internal static async Task<string> ImageAsync(string tree, IReadOnlyList<CorpusRow> rows, TempFolder folder)
    {
        string copy = folder.Combine("tree"), tar = folder.Combine("layer.tar");
        await Tools.RunAsync("cp", ["-a", await GetAsync(tree), copy]);
        string script = string.Join('\n', rows.Select(row => $"( {row.How}\n) || {{ echo 'could not be planted: {row.Name.Replace("'", "", StringComparison.Ordinal)}' >&2; exit 1; }}"));
        await ShellAsync(script, copy);

        // What is there was made a moment ago; only what a row dates later is later than the image.
        DateTimeOffset created = DateTimeOffset.UtcNow.AddMinutes(1);
        await Tools.RunAsync("tar", ["--create", "--file", tar, "--numeric-owner", "--xattrs", "--xattrs-include=*", "--sort=name", "--directory", copy, "."]);
        Directory.Delete(copy, recursive: true);
        Digest digest;
        await using (FileStream stream = File.OpenRead(tar))
        {
            digest = Digest.FromSha256(await System.Security.Cryptography.SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
        }

        OciDescriptor blob = new("application/vnd.oci.image.layer.v1.tar", digest, new FileInfo(tar).Length);
        BuiltLayer layer = new(blob, digest, _ => ValueTask.FromResult<Stream>(File.OpenRead(tar)));
        BuiltDocument config = OciDocuments.Config(new OciConfig
        {
            Platform = Platform.LinuxAmd64,
            Created = DateTimeOffset.FromUnixTimeSeconds(created.ToUnixTimeSeconds()),
            Config = new ImageConfig { User = "65532:65532", Env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"] },
            DiffIds = [digest],
            History = [new ImageHistory(DateTimeOffset.FromUnixTimeSeconds(created.ToUnixTimeSeconds()), "corpus", "", false)],
        });
        BuiltManifest manifest = new() { Platform = Platform.LinuxAmd64, Config = config, Layers = [layer], Manifest = OciDocuments.Manifest(config.Descriptor, [blob]) };
        string reference = "oci:" + folder.Combine("image");
        await ImageDestinations.Parse(reference, PathsOf(folder)).WriteAsync(new BuiltImage { Name = "corpus-" + tree, Manifests = [manifest] }, ["1.0"], TestContext.Current.CancellationToken);
        File.Delete(tar);
        return reference;
    }

    /// <summary>A tree, made when it is first asked for.</summary>
    internal static Task<string> GetAsync(string tree)
    {
        Tools.Require(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "trees with owners and devices are made on Linux, as root");
        Tools.Require("busybox");
        Array.ForEach((string[])["cp", "tar", "openssl", "ssh-keygen", "git", "setcap", "python3", "faketime", "useradd"], program => Tools.Require(program));
        if (tree == "debian")
        {
            Tools.Require("mmdebstrap");
            Packages.RealArchive.Require();
        }

        return Trees.GetOrAdd(tree, name => new Lazy<Task<string>>(() => MakeAsync(name))).Value;
    }

    /// <summary>Folders of the module's own in a test's folder.</summary>
    internal static BaseImagePaths PathsOf(TempFolder folder) => new(folder.Combine("cache"), folder.Combine("store"), []);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Folder.IsValueCreated)
        {
            Folder.Value.Dispose();
        }
    }

    private static async Task<string> MakeAsync(string tree)
    {
        string folder = Folder.Value.Combine(tree);
        Directory.CreateDirectory(folder);
        string debs = tree == "distroless" ? string.Join(' ', await RealPackages.PathsAsync()) : "";
        await ShellAsync(Scripts[tree], folder, debs);
        return folder;
    }

    private static Task<string> ShellAsync(string script, string folder, string debs = "") => Tools.RunAsync("/bin/sh", ["-eu"], script + "\n", folder, new Dictionary<string, string?>
    {
        ["BUSYBOX"] = Tools.Require("busybox"),
        ["DEBS"] = debs,
        ["HOME"] = folder,
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["LC_ALL"] = "C.UTF-8",
    });
}
