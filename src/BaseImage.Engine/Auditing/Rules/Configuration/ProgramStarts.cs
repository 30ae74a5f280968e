namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1006: the program that the image starts is there and may be started.</summary>
internal sealed class ProgramStarts : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1006",
        Title = "The program that starts is there",
        Severity = Severity.Medium,
        Category = "Configuration",
        Rationale = "An image whose program is missing, is not executable for its user, or is a script whose interpreter is missing does not start; that is "
            + "found when it is rolled out, unless it is found here. Programs are looked for as runtimes do: by PATH, from the working folder, through "
            + "links. An image without entrypoint and cmd is a note.",
        Remediation = "Copy the program to where the entrypoint names it, set its executable bits (chmod 755), and add the interpreter that its first line names.",
        References = ["OCI Runtime Specification 1.1, process.args", "execve(2)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The program that starts is there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program cannot start", "programs cannot start");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        StartProgram program = StartProgram.Of(facts);
        if (program.Asked.Length == 0)
        {
            return [new RuleFinding("", "There is neither an entrypoint nor a cmd: the image is a base for others.", Severity.Info, "program")];
        }

        return Problem(facts, program) is { } problem ? [program.Path.StartsWith('/') ? new RuleFinding(program.Path, problem, Key: "program") : new RuleFinding("", $"'{program.Asked}' {problem}", Key: "program")] : [];
    }

    /// <summary>Why a program cannot start, to follow its name; null where it can.</summary>
    internal static string? Problem(ImageFacts facts, StartProgram program) => program.File switch
    {
        null => "is not in the image",
        { Kind: not (ImageFileKind.File or ImageFileKind.HardLink) } => "is no program",
        { } file when !RunUser.Of(facts).MayExecute(file) => $"may not be started by {RunUser.Of(facts).Words} ({file.Permissions})",
        { } file when facts.Files!.Interpreter(file) is { Length: > 0 } interpreter && facts.Files.Resolve(interpreter) is null => $"is a script for {interpreter}, which is not in the image",
        { } file when facts.Files!.Interpreter(file) == "/usr/bin/env" && facts.Files.InterpreterArgument(file) is { Length: > 0 } name && StartProgram.Find(facts, name).File is null
            => $"is a script for {name}, which is not in the image",
        _ => null,
    };
}
