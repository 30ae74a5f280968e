namespace BaseImage.Engine.Auditing.Rules.Programs;

/// <summary>BI3005: there is no compiler and no build tool.</summary>
internal sealed class Compilers : NamedPrograms
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3005",
        Title = "No compiler and no build tool",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "A compiler in an image is an attacker's workshop: exploits are built where they run, against the right libraries. It also is most of the image's "
            + "size, and nothing that a service needs.",
        Remediation = "Build in a stage of its own and copy the result; uninstall build packages in the layer that installed them.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    protected override string Passed => "There is no compiler and no build tool.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("compiler or build tool is there", "compilers or build tools are there");

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["gcc"] = "a C compiler", ["cc"] = "a C compiler", ["clang"] = "a C compiler", ["tcc"] = "a C compiler",
        ["c89"] = "a C compiler", ["c99"] = "a C compiler", ["icc"] = "a C compiler", ["g++"] = "a C++ compiler",
        ["c++"] = "a C++ compiler", ["clang++"] = "a C++ compiler", ["cpp"] = "a C++ compiler", ["as"] = "an assembler",
        ["nasm"] = "an assembler", ["yasm"] = "an assembler", ["gas"] = "an assembler", ["ld"] = "a linker",
        ["ld.gold"] = "a linker", ["ld.bfd"] = "a linker", ["ld.lld"] = "a linker", ["gold"] = "a linker",
        ["lld"] = "a linker", ["mold"] = "a linker", ["make"] = "a build tool", ["gmake"] = "a build tool",
        ["cmake"] = "a build tool", ["ninja"] = "a build tool", ["meson"] = "a build tool", ["bazel"] = "a build tool",
        ["scons"] = "a build tool", ["autoconf"] = "a build tool", ["automake"] = "a build tool", ["libtoolize"] = "a build tool",
        ["ant"] = "a build tool", ["mvn"] = "a build tool", ["gradle"] = "a build tool", ["sbt"] = "a build tool",
        ["go"] = "a Go compiler", ["gccgo"] = "a Go compiler", ["gofmt"] = "a Go compiler", ["rustc"] = "a Rust compiler",
        ["rustup"] = "a Rust compiler", ["javac"] = "a Java compiler", ["gfortran"] = "a compiler", ["gdc"] = "a compiler",
        ["ldc2"] = "a compiler", ["gnat"] = "a compiler", ["ghc"] = "a compiler", ["ocamlopt"] = "a compiler",
        ["fpc"] = "a compiler", ["zig"] = "a compiler", ["nim"] = "a compiler", ["crystal"] = "a compiler",
        ["swiftc"] = "a compiler", ["kotlinc"] = "a compiler", ["scalac"] = "a compiler", ["mcs"] = "a compiler",
        ["csc"] = "a compiler", ["dmcs"] = "a compiler", ["valac"] = "a compiler", ["tsc"] = "a compiler",
        ["dpkg-buildpackage"] = "a tool for packages", ["rpmbuild"] = "a tool for packages", ["abuild"] = "a tool for packages", ["fakeroot"] = "a tool for packages",
        ["patch"] = "a tool for sources", ["m4"] = "a tool for sources", ["bison"] = "a tool for sources", ["flex"] = "a tool for sources",
        ["swig"] = "a tool for sources",
    };

    /// <inheritdoc/>
    protected override IReadOnlySet<string> Lesser { get; } = new HashSet<string>(["patch", "m4", "as", "cpp", "fakeroot"], StringComparer.Ordinal);
}
