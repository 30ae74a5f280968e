namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1005: entrypoint and cmd are in exec form.</summary>
internal sealed class ShellForm : ListingRule
{
    private static readonly HashSet<string> Shells = new(["/bin/sh", "sh", "/bin/bash", "bash", "/bin/ash", "ash", "/usr/bin/bash", "/usr/bin/sh", "/bin/dash", "cmd", "cmd.exe"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1005",
        Title = "Starts its program without a shell",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "In shell form the process with number 1 is /bin/sh, which passes no signal on: the service does not hear that it shall stop and is killed "
            + "after the grace period, requests and all. It also needs a shell in the image, and a cmd in shell form beside an entrypoint becomes its "
            + "arguments, which nobody meant. A line that begins with exec is a note.",
        Remediation = "Write the exec form, as ENTRYPOINT [\"/usr/bin/app\", \"--flag\"], or begin the line with exec.",
        References = ["Dockerfile reference, Shell and exec form", "NIST SP 800-190 4.1.2"],
        Equivalent = ["hadolint:DL3025"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "Nothing is started through a shell.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("command is started through a shell", "commands are started through a shell");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach ((string name, IReadOnlyList<string>? command) in new[] { ("entrypoint", facts.Config.Entrypoint), ("cmd", facts.Config.Cmd) })
        {
            if (command is [var shell, var option, var line, ..] && Shells.Contains(shell) && option.ToUpperInvariant() is "-C" or "-EC" or "/C" or "/S")
            {
                bool isReplaced = line.TrimStart().StartsWith("exec ", StringComparison.Ordinal);
                yield return new RuleFinding("", $"The {name} runs through '{shell} {option}', {(isReplaced ? "which exec replaces" : "which passes no signals on")}: {line}", isReplaced ? Severity.Info : null, name);
            }
        }
    }
}
