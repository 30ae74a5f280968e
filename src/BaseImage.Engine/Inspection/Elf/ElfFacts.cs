namespace BaseImage.Engine.Inspection.Elf;

/// <summary>What e_type says a file is.</summary>
internal enum ElfKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>An object file (or a kernel module), which nothing starts.</summary>
    Object,

    /// <summary>A program at fixed addresses.</summary>
    Executable,

    /// <summary>A library, or a program that can lie anywhere: <see cref="ElfFacts.IsProgram"/> tells them apart.</summary>
    Shared,

    /// <summary>A process's memory.</summary>
    Core,
}

/// <summary>How much of what the dynamic linker has written is made read-only afterwards.</summary>
internal enum ElfRelro
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>All but the table of functions.</summary>
    Partial,

    /// <summary>All: symbols are bound at the start.</summary>
    Full,
}

/// <summary>What the program header asks of the stack.</summary>
internal enum ElfStack
{
    /// <summary>It says nothing; the kernel then assumes for some processors that code may run on the stack.</summary>
    Unsaid,

    /// <summary>No code runs on the stack.</summary>
    Protected,

    /// <summary>Code may run on the stack.</summary>
    Executable,
}

/// <summary>
/// What one ELF file says of itself: its header, program headers, dynamic section, notes, symbol names and section names.
/// Texts are escaped as paths in images are. Sources: the System V Application Binary Interface, chapters 4 and 5
/// (gabi 4.1); the Linux Extensions to gABI; elf(5).
/// </summary>
internal sealed record ElfFacts
{
    /// <summary>32 or 64.</summary>
    public int Bits { get; init; }

    /// <summary>True where the lowest address holds the highest byte.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>e_machine, the processor: 62 for x86-64, 183 for AArch64.</summary>
    public int Machine { get; init; }

    /// <summary>e_type.</summary>
    public ElfKind Kind { get; init; }

    /// <summary>The dynamic linker that it names (PT_INTERP); empty for none.</summary>
    public string Interpreter { get; init; } = "";

    /// <summary>True where it has a dynamic section.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>True for DF_1_PIE: a program, linked to lie anywhere.</summary>
    public bool IsPieFlagged { get; init; }

    /// <summary>The libraries that it needs, in the order in which they are searched.</summary>
    public IReadOnlyList<string> Needed { get; init; } = [];

    /// <summary>The name by which others need it; empty for none.</summary>
    public string Soname { get; init; } = "";

    /// <summary>DT_RPATH: folders searched before LD_LIBRARY_PATH; null for none.</summary>
    public string? Rpath { get; init; }

    /// <summary>DT_RUNPATH: folders searched after LD_LIBRARY_PATH; null for none.</summary>
    public string? Runpath { get; init; }

    /// <summary>The versions of symbols that it needs, as <c>libc.so.6:GLIBC_2.34</c>; weak ones are left out.</summary>
    public IReadOnlyList<string> NeededVersions { get; init; } = [];

    /// <summary>The versions of symbols that it defines, as <c>GLIBC_2.34</c>.</summary>
    public IReadOnlyList<string> DefinedVersions { get; init; } = [];

    /// <summary>How much is read-only after the start.</summary>
    public ElfRelro Relro { get; init; }

    /// <summary>What it asks of the stack.</summary>
    public ElfStack Stack { get; init; }

    /// <summary>True where a loaded segment is both writable and executable.</summary>
    public bool HasWritableCode { get; init; }

    /// <summary>True where the dynamic linker writes into code.</summary>
    public bool HasTextRelocations { get; init; }

    /// <summary>True where it calls __stack_chk_fail; null where its symbols are not known (static and stripped).</summary>
    public bool? HasStackProtector { get; init; }

    /// <summary>Functions without bounds that it calls by their unchecked names, in ordinal order.</summary>
    public IReadOnlyList<string> UncheckedCalls { get; init; } = [];

    /// <summary>How many functions of FORTIFY_SOURCE (__memcpy_chk and so on) it calls.</summary>
    public int CheckedCalls { get; init; }

    /// <summary>True where it calls dlopen: it needs libraries that it does not list.</summary>
    public bool CallsDlopen { get; init; }

    /// <summary>True where the section headers could be read: without them, nothing is known of the three that follow.</summary>
    public bool HasSections { get; init; }

    /// <summary>True where it has the symbol table that strip(1) removes.</summary>
    public bool HasSymbolTable { get; init; }

    /// <summary>Bytes of sections with debugging information, as stored.</summary>
    public long DebugBytes { get; init; }

    /// <summary>Bytes of the symbol table and its names.</summary>
    public long SymbolBytes { get; init; }

    /// <summary>Compilers that left their names in .comment, each once, in ordinal order; ten at most.</summary>
    public IReadOnlyList<string> Compilers { get; init; } = [];

    /// <summary>The build id in hexadecimal digits; empty for none.</summary>
    public string BuildId { get; init; } = "";

    /// <summary>The system and version of its ABI note, as <c>Linux 3.2.0</c>; empty for none.</summary>
    public string AbiNote { get; init; } = "";

    /// <summary>True for x86's indirect branch tracking, or AArch64's branch target identification.</summary>
    public bool HasBranchTargets { get; init; }

    /// <summary>True for x86's shadow stack, or AArch64's pointer authentication.</summary>
    public bool HasProtectedReturns { get; init; }

    /// <summary>The version of Go that built it, as <c>go1.22.1</c>; <c>go</c> where only that is known; empty for no Go.</summary>
    public string GoVersion { get; init; } = "";

    /// <summary>The modules of a Go program as <c>path version</c>, the program's own first.</summary>
    public IReadOnlyList<string> GoModules { get; init; } = [];

    /// <summary>True for a .NET program that carries its assemblies in its own file.</summary>
    public bool IsDotnetBundle { get; init; }

    /// <summary>What is wrong with its headers, in words; empty where nothing is.</summary>
    public string Damage { get; init; } = "";

    /// <summary>True where it can be started: at fixed addresses, with an interpreter, or flagged as a program.</summary>
    public bool IsProgram => Kind == ElfKind.Executable || (Kind == ElfKind.Shared && (Interpreter.Length > 0 || IsPieFlagged));

    /// <summary>True for a program that can lie anywhere.</summary>
    public bool IsPie => Kind == ElfKind.Shared && IsProgram;

    /// <summary>True for a program without a dynamic linker.</summary>
    public bool IsStatic => IsProgram && Interpreter.Length == 0;

    /// <summary>True for Go.</summary>
    public bool IsGo => GoVersion.Length > 0;

    /// <summary>True for Rust, by its compiler's comment.</summary>
    public bool IsRust => Compilers.Any(compiler => compiler.StartsWith("rustc", StringComparison.Ordinal));
}
