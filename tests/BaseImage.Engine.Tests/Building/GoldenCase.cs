using System.Text;

namespace BaseImage.Engine.Tests.Building;

/// <summary>The definition and packages whose digests are kept: a bit of everything that shapes a layer.</summary>
internal static class GoldenCase
{
    /// <summary>The digest of the index.</summary>
    public const string Digest = "sha256:13f993f895d1856216c540f3b84f4dc1969716fe3b3eba22ef66dc9e0c7fcd0b";

    /// <summary>The diffIDs, amd64 before arm64.</summary>
    public static readonly string[] DiffIds =
    [
        "sha256:01f7a58a13d4e9252fe533d67f799485358da633c65dabb395ebd19adf022c4c",
        "sha256:9f5c5c81b8e5ee2616d422691b0d306638bac680bedb3fc24226af393682760b",
    ];

    /// <summary>The packages of a platform.</summary>
    public static TestDeb[] Packages(string architecture) =>
    [
        new TestDeb("alpha", "1.0-1", architecture)
            .File("bin/alpha", Noise(3_000_000, architecture), 0x1ED)
            .File("lib/libalpha.so.1", Noise(70_000, "lib" + architecture))
            .Link("usr/lib/libalpha.so", "libalpha.so.1")
            .HardLink("bin/alpha2", "bin/alpha")
            .File("usr/share/doc/alpha/copyright", "free\n")
            .File("usr/share/doc/alpha/changelog.gz", "removed")
            .File("usr/share/man/man1/alpha.1.gz", "removed")
            .ControlFile("postinst", "#!/bin/sh\nset -e\nupdate-alternatives --install /usr/bin/first first /bin/alpha 10 \\\n  --slave /usr/bin/second second /usr/bin/beta\n"),
        Named(Named(
            new TestDeb("beta", "2:3.4-5", architecture)
                .File("usr/bin/beta", "beta\n", 0x9ED)
                .Directory("var/spool/beta", 0x3FF, 7, 7)
                .File("usr/share/common", "from beta\n"),
            "etc/beta/ı İ ş ğ.conf", "Türkçe\n"),
            "usr/lib/" + new string('d', 90) + "/" + new string('f', 120), "long"),
        new TestDeb("ca-certificates", "20250419", "all")
            .File("usr/share/ca-certificates/mozilla/A (1), x.crt", Certificate)
            .File("usr/share/ca-certificates/mozilla/b.crt", Certificate.TrimEnd()),
        new TestDeb("gamma", "1", "all")
            .File("usr/share/common", "from gamma\n")
            .File("usr/share/gamma/data", Noise(2_500_000, "gamma")),
        new TestDeb("tzdata", "2026a", "all")
            .File("usr/share/zoneinfo/Etc/UTC", "TZif2"),
    ];

    /// <summary>The definition.</summary>
    public static ImageDefinition Definition => TestLocks.Definition with
    {
        Name = "golden",
        Description = "what the digests are kept for",
        Platforms = [Platform.LinuxAmd64, Platform.LinuxArm64],
        Remove = ["/usr/share/gamma/nothing*"],
        Files = [new AddedFile("/etc/motd", null, "hello\n", null, 0x1A4, 0, 0)],
        Accounts = [new AccountRequest("nonroot", 65532, 65532, "/home/nonroot")],
        Config = new ImageConfig { User = "65532:65532", Env = ["LANG=C.UTF-8"], WorkingDir = "/", Entrypoint = ["/bin/alpha"] },
    };

    /// <summary>The lock.</summary>
    public static ImageLock Lock(TestLocks locks) => locks.Lock((Platform.LinuxAmd64, Packages("amd64")), (Platform.LinuxArm64, Packages("arm64")));

    // A name that ustar cannot hold, or that is not ASCII.
    private static TestDeb Named(TestDeb deb, string path, string content)
    {
        deb.Data.Pax(("path", Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("./" + path)))).Add("x", content: Encoding.UTF8.GetBytes(content), time: TestDeb.Time);
        return deb;
    }

    // Half compressible, the same everywhere: a linear congruential generator (Knuth's MMIX constants).
    private static byte[] Noise(int length, string seed)
    {
        ulong state = BitConverter.ToUInt64(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            bytes[i] = (byte)((state >> 60) * 16);
        }

        return bytes;
    }

    private const string Certificate = "-----BEGIN CERTIFICATE-----\n" + CertificateBase64 + "-----END CERTIFICATE-----\n";

    /// <summary>A self-signed certificate, C=XX, O="Test  Trust", CN=Golden Root; its subject hash is ee1f6f78.</summary>
    public const string CertificateBase64 =
        "MIIByjCCAW+gAwIBAgIUEVFKIjhY5fZVpNHEwKOTVBhWrxowCgYIKoZIzj0EAwIw\n"
        + "OTELMAkGA1UEBhMCWFgxFDASBgNVBAoMC1Rlc3QgIFRydXN0MRQwEgYDVQQDDAtH\n"
        + "b2xkZW4gUm9vdDAgFw0yNjExMjMxOTU2MDdaGA8yMTI2MTAzMDE5NTYwN1owOTEL\n"
        + "MAkGA1UEBhMCWFgxFDASBgNVBAoMC1Rlc3QgIFRydXN0MRQwEgYDVQQDDAtHb2xk\n"
        + "ZW4gUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAT9nr/loVSQZt3aNbUY\n"
        + "x6kaX2jE/G+wQos+ejp4D4YmG76XLpoA4e4IZM2V7r8XsLtqTaVel5l1pbZBV7DO\n"
        + "r+2jUzBRMB0GA1UdDgQWBBT0IRB4IHIOjB6CgslbdCLyG1dvyjAfBgNVHSMEGDAW\n"
        + "gBT0IRB4IHIOjB6CgslbdCLyG1dvyjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49\n"
        + "BAMCA0kAMEYCIQCJ9+tXINouVQiuOnf9b4m84GE1KgzLDUsLkfDLibr3NgIhALHV\n"
        + "x4Uk7P60V6Pwamfz342nCkg05+VfSoRuegqxr6oW\n";
}
