namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1044: no debugger is started with the program.</summary>
internal sealed class RemoteDebuggers : ListingRule
{
    private static readonly HashSet<string> Names = new(["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "CATALINA_OPTS", "JPDA_OPTS", "NODE_OPTIONS", "MAVEN_OPTS", "JAVA_DEBUG_OPTS"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1044",
        Title = "No debugger listens",
        Severity = Severity.High,
        Category = "Environment",
        Rationale = "A debugger's port runs whatever it is sent, without a password: Java's jdwp, Node's inspector, debugpy and Delve hand the whole process "
            + "over. Bound to all addresses it is open to every neighbour in the network (High); to the container's own, Medium.",
        Remediation = "Remove the option from variables and commands; attach a debugger from an ephemeral container when it is needed.",
        References = ["CWE-489", "MITRE ATT&CK T1190"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No debugger is started with the program.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("debugger is started with the program", "debuggers are started with the program");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IEnumerable<(string Where, string Text)> texts = Variables.Where(facts.Config, (name, _) => Names.Contains(name)).Select(pair => (pair.Key, pair.Value))
            .Append(("The entrypoint", string.Join(' ', facts.Config.Entrypoint ?? []))).Append(("The cmd", string.Join(' ', facts.Config.Cmd ?? [])));
        foreach ((string where, string text) in texts)
        {
            string? what = text.Contains("jdwp", StringComparison.Ordinal) && (text.Contains("-agentlib:", StringComparison.Ordinal) || text.Contains("-Xrunjdwp", StringComparison.Ordinal)) ? "Java's debugger"
                : text.Contains("--inspect", StringComparison.Ordinal) ? "Node's inspector"
                : text.Contains("debugpy", StringComparison.Ordinal) && text.Contains("--listen", StringComparison.Ordinal) ? "Python's debugger"
                : text.Contains("dlv ", StringComparison.Ordinal) && text.Contains("--headless", StringComparison.Ordinal) ? "Go's debugger"
                : null;
            if (what is not null)
            {
                bool isOpen = text.Contains('*', StringComparison.Ordinal) || text.Contains("0.0.0.0", StringComparison.Ordinal) || text.Contains("[::]", StringComparison.Ordinal) || text.Contains("--listen=:", StringComparison.Ordinal) || text.Contains("--listen :", StringComparison.Ordinal);
                yield return new RuleFinding("", $"{where} starts {what}{(isOpen ? ", open to the network" : "")}.", isOpen ? null : Severity.Medium, "debugger:" + where);
            }
        }
    }
}
