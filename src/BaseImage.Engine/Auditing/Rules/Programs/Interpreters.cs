namespace BaseImage.Engine.Auditing.Rules.Programs;

/// <summary>BI3004: there is no interpreter but the one that the image starts.</summary>
internal sealed class Interpreters : NamedPrograms
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3004",
        Title = "No interpreter that is not needed",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "With an interpreter an attacker can run programs that no file holds, on a read-only root as well. Where the image exists to start one, it is a "
            + "note; an image for something else is better without. Interpreters are found by name where programs are looked for, whatever their version.",
        Remediation = "Leave out the package that brings it, or build in a stage of its own and copy the result.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    protected override string Passed => "There is no interpreter but what the image starts.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("interpreter is there", "interpreters are there");

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["python"] = "Python", ["pypy"] = "Python", ["ipython"] = "Python", ["perl"] = "Perl",
        ["ruby"] = "Ruby", ["irb"] = "Ruby", ["jruby"] = "Ruby", ["node"] = "Node.js",
        ["nodejs"] = "Node.js", ["deno"] = "Node.js", ["bun"] = "Node.js", ["php"] = "PHP",
        ["php-fpm"] = "PHP", ["php-cgi"] = "PHP", ["lua"] = "Lua", ["luajit"] = "Lua",
        ["texlua"] = "Lua", ["tclsh"] = "Tcl", ["wish"] = "Tcl", ["expect"] = "Tcl",
        ["java"] = "a Java virtual machine", ["jshell"] = "a Java virtual machine", ["guile"] = "Guile", ["Rscript"] = "R",
        ["erl"] = "Erlang", ["escript"] = "Erlang", ["pwsh"] = "PowerShell", ["gawk"] = "GNU Awk, which opens network connections",
        ["gjs"] = "an interpreter", ["qjs"] = "an interpreter", ["mono"] = "an interpreter", ["dotnet-script"] = "an interpreter",
        ["julia"] = "an interpreter", ["sbcl"] = "an interpreter", ["racket"] = "an interpreter", ["osascript"] = "an interpreter",
    };
}
