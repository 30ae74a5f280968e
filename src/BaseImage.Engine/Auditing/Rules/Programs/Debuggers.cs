namespace BaseImage.Engine.Auditing.Rules.Programs;

/// <summary>BI3007: there is no debugger and no tracer.</summary>
internal sealed class Debuggers : NamedPrograms
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3007",
        Title = "No debugger and no tracer",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "A debugger reads and writes the memory of other processes: keys, passwords, sessions. Those who debug bring one in a debug container, which is "
            + "gone afterwards.",
        Remediation = "Leave the package out; debug with an ephemeral container that shares the process namespace.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3", "MITRE ATT&CK T1055"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    protected override string Passed => "There is no debugger and no tracer.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("debugger or tracer is there", "debuggers or tracers are there");

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["gdb"] = "a debugger", ["gdbserver"] = "a debugger", ["lldb"] = "a debugger", ["lldb-server"] = "a debugger",
        ["dlv"] = "a debugger", ["cgdb"] = "a debugger", ["rr"] = "a debugger", ["winedbg"] = "a debugger",
        ["jdb"] = "a debugger", ["pdb"] = "a debugger", ["strace"] = "a tracer", ["ltrace"] = "a tracer",
        ["perf"] = "a tracer", ["bpftrace"] = "a tracer", ["trace-cmd"] = "a tracer", ["stap"] = "a tracer",
        ["uftrace"] = "a tracer", ["dtrace"] = "a tracer", ["sysdig"] = "a tracer", ["bcc"] = "a tracer",
        ["gcore"] = "a tool that reads memory", ["heaptrack"] = "a tool that reads memory", ["valgrind"] = "a tool that reads memory", ["memdump"] = "a tool that reads memory",
        ["jmap"] = "a tool that reads memory", ["jstack"] = "a tool that reads memory", ["jcmd"] = "a tool that reads memory", ["py-spy"] = "a tool that reads memory",
        ["rbspy"] = "a tool that reads memory", ["dotnet-dump"] = "a tool that reads memory", ["dotnet-trace"] = "a tool that reads memory", ["procdump"] = "a tool that reads memory",
        ["objdump"] = "a tool that takes programs apart", ["readelf"] = "a tool that takes programs apart", ["nm"] = "a tool that takes programs apart", ["strings"] = "a tool that takes programs apart",
        ["r2"] = "a tool that takes programs apart", ["radare2"] = "a tool that takes programs apart", ["rizin"] = "a tool that takes programs apart", ["hexdump"] = "a tool that takes programs apart",
        ["xxd"] = "a tool that takes programs apart", ["objcopy"] = "a tool that takes programs apart",
    };

    /// <inheritdoc/>
    protected override IReadOnlySet<string> Lesser { get; } = new HashSet<string>(["objdump", "readelf", "nm", "strings", "hexdump", "xxd", "objcopy", "jdb", "jmap", "jstack", "jcmd", "pdb"], StringComparer.Ordinal);
}
