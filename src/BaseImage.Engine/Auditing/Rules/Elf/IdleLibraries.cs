using BaseImage.Engine.Auditing.Programs;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2091: every library is needed by some program.</summary>
internal sealed class IdleLibraries : ListingRule
{
    private static readonly string[] Loaders = ["python", "pypy", "ruby", "node", "nodejs", "deno", "bun", "dotnet", "java", "php", "luajit", "guile", "perl", "pwsh", "R"];

    // Folders of modules, and libraries that others ask for by name.
    private static readonly string[] LoadedByName =
    [
        "/gconv/", "/security/", "/sasl2/", "/ossl-modules/", "/engines-", "/krb5/plugins/", "/python", "/node_modules/", "/site-packages/", "/dist-packages/", "/gems/", "/jvm/", "/dotnet/", "/perl", "/ruby/", "/php/", "/lua/", "/tcl",
        "/plugins/", "/modules/", "/dri/", "/vdpau/", "/gio/", "/gtk-", "/qt", "/alsa-lib/", "/pulse", "/gstreamer", "/p11-kit", "/pkcs11/", "/samba/", "/ldap/", "/systemd/", "/apache2/", "/nginx/", "/postgresql/", "/mysql/", "/odbc/", "/runtimes/", "/prebuilds/", "/coreutils/",
        "/libnss_", "/libgcc_s.", "/libicu", "/libssl.", "/libcrypto.", "/libgssapi", "/libpam", "/libdl.", "/libpthread.", "/librt.", "/libresolv.", "/libc.", "/libm.", "/libidn2.", "/liblttng", "/libnuma.", "/libcurl.", "/libfakeroot", "/libfaketime", "/libeatmydata", "/libjemalloc", "/libtcmalloc", "/libmimalloc", "/libasan.", "/libthread_db", "/ld-",
    ];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2091",
        Title = "Every library is needed by some program",
        Severity = Severity.Low,
        Category = "Programs",
        Rationale = "A library that nothing loads is weight, and its flaws count all the same. Needed is what programs in the image need, directly or through others. "
            + "Never called idle: what is loaded by name at run time, as modules of NSS, iconv, PAM, SASL, OpenSSL and Kerberos, ICU, extension modules of "
            + "languages, and whatever has no name of its own. Where an interpreter that can load any library is in the image, the rest is a note. Libraries of "
            + "packages are judged, package by package, in images that start a program; a base for other images has them for those.",
        Remediation = "Leave the package out, or take the library out of what is copied.",
        References = ["ld.so(8), DT_NEEDED", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Every library is needed by some program.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("library is needed by no program", "libraries are needed by no program");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ElfGraph graph = ElfGraph.Of(facts.Files!);
        IReadOnlySet<string> needed = graph.Closure(graph.All.Where(item => item.IsCode && IsRoot(item)));
        Severity? severity = facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.File && ProgramPaths.IsLookedFor(file.Path) && LoadsAnything(file.Path)).Any() ? Severity.Info : null;
        ElfFile[] idle = [.. graph.All.Where(item => item.IsCode && !item.Elf.IsProgram && !needed.Contains(item.File.Path))];
        foreach (ElfFile item in idle.Where(item => graph.IsOwn(item.File)))
        {
            yield return new RuleFinding(item.File.Path, $"is needed by no program ({Words.Size(item.File.Size)})", severity);
        }

        if (StartProgram.Of(facts).File is null)
        {
            yield break;
        }

        HashSet<string> used = new(graph.All.Where(item => needed.Contains(item.File.Path) && item.File.Package.Length > 0).Select(item => item.File.Package), StringComparer.Ordinal);
        foreach (IGrouping<string, ElfFile> package in idle.Where(item => item.File.Package.Length > 0 && !used.Contains(item.File.Package)).GroupBy(item => item.File.Package).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            yield return new RuleFinding(package.First().File.Path, $"is needed by no program, nor is another library of package {package.Key} ({Words.Size(package.Sum(item => item.File.Size))})", severity);
        }
    }

    private static bool IsRoot(ElfFile item)
        => item.Elf.IsProgram || item.Elf.Soname.Length == 0 || !item.File.Path[(item.File.Path.LastIndexOf('/') + 1)..].StartsWith("lib", StringComparison.Ordinal)
            || Array.Exists(LoadedByName, part => item.File.Path.Contains(part, StringComparison.Ordinal));

    private static bool LoadsAnything(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return Array.Exists(Loaders, loader => name.StartsWith(loader, StringComparison.Ordinal) && name.AsSpan(loader.Length).IndexOfAnyExcept("0123456789.-") < 0);
    }
}
