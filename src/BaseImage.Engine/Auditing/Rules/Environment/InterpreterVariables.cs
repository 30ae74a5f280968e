namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1021: no variable makes interpreters and shells load code.</summary>
internal sealed class InterpreterVariables : ListingRule
{
    private static readonly HashSet<string> Files = new(["BASH_ENV", "ENV", "PYTHONSTARTUP", "DOTNET_STARTUP_HOOKS", "PROMPT_COMMAND", "PERL5DB", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "PYTHONWARNINGS_HOOK"], StringComparer.Ordinal);
    private static readonly HashSet<string> Lists = new(["PYTHONPATH", "PERL5LIB", "PERLLIB", "RUBYLIB", "NODE_PATH", "CLASSPATH", "LUA_PATH", "LUA_CPATH", "GEM_PATH"], StringComparer.Ordinal);
    private static readonly string[] Loaders = ["--require", "-r ", "--import", "--loader", "--experimental-loader"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1021",
        Title = "Interpreters are told to load nothing",
        Severity = Severity.Medium,
        Category = "Environment",
        Rationale = "BASH_ENV, ENV, PYTHONSTARTUP, NODE_OPTIONS with --require, PERL5OPT, RUBYOPT, DOTNET_STARTUP_HOOKS and their like make every start of an "
            + "interpreter run a file that no command line shows, and module paths with a relative or empty element take modules from the working folder. "
            + "Agents for Java and .NET are loaded so by design and are notes.",
        Remediation = "Load the module in the program itself, or give the option on its own command line; write absolute folders into module paths.",
        References = ["bash(1), BASH_ENV", "python(1), ENVIRONMENT VARIABLES", "MITRE ATT&CK T1574"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No variable makes interpreters load code.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("variable makes interpreters load code", "variables make interpreters load code");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (_, value) => value.Length > 0).Select(pair => Judge(pair.Key, pair.Value)).OfType<RuleFinding>();

    private static RuleFinding? Judge(string name, string value) => name switch
    {
        _ when Files.Contains(name) => new RuleFinding("", $"{name} makes interpreters run {value}.", Key: "env:" + name),
        "NODE_OPTIONS" when Loaders.Any(loader => (value + " ").Contains(loader, StringComparison.Ordinal)) => new RuleFinding("", $"NODE_OPTIONS makes every Node load a module: {value}", Key: "env:" + name),
        "PERL5OPT" when value.Contains("-M", StringComparison.Ordinal) || value.Contains("-m", StringComparison.Ordinal) => new RuleFinding("", $"PERL5OPT makes every Perl load a module: {value}", Key: "env:" + name),
        "RUBYOPT" when value.Contains("-r", StringComparison.Ordinal) => new RuleFinding("", $"RUBYOPT makes every Ruby load a file: {value}", Key: "env:" + name),
        "JAVA_TOOL_OPTIONS" or "_JAVA_OPTIONS" or "JDK_JAVA_OPTIONS" when value.Contains("-javaagent:", StringComparison.Ordinal) => new RuleFinding("", $"{name} loads an agent: {value}", Severity.Info, "env:" + name),
        "CORECLR_ENABLE_PROFILING" when Variables.IsOn(value) => new RuleFinding("", "CORECLR_ENABLE_PROFILING loads a profiler into every .NET program.", Severity.Info, "env:" + name),

        // CLASSPATH's elements are divided by colons, Lua's by semicolons, where '?' stands for the module.
        _ when Lists.Contains(name) && Variables.RelativeElements(value.Replace(';', ':')).Any(element => element.Length > 0 || !name.StartsWith("LUA", StringComparison.Ordinal))
            => new RuleFinding("", $"{name} takes modules from the working folder: {value}", Key: "env:" + name),
        _ => null,
    };
}
