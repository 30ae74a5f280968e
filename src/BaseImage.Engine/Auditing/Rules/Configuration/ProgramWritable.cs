namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1007: the image's user may not change the program that it runs.</summary>
internal sealed class ProgramWritable : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1007",
        Title = "The program is safe from its own user",
        Severity = Severity.Medium,
        Category = "Configuration",
        Rationale = "A process that may write to its own program, or to a script that it is given, can be made to start something else for ever: a mistake in "
            + "the service becomes a foothold that lives as long as the container. The files of the command are looked at, and the folders that they lie "
            + "in, where a file can be replaced.",
        Remediation = "Let root own programs and their folders (COPY without --chown), and give the user a folder for its data.",
        References = ["NIST SP 800-190 4.4.4", "CIS Docker Benchmark 5.13"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The image's user may not change its program.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file that is run can be changed by its user", "files that are run can be changed by their user");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        RunUser user = RunUser.Of(facts);
        StartProgram program = StartProgram.Of(facts);
        HashSet<string> seen = new(StringComparer.Ordinal);
        IEnumerable<ImageFile> files = new[] { program.File }.Concat(program.Arguments.Where(argument => argument.StartsWith('/')).Select(facts.Files!.Resolve)).OfType<ImageFile>().Where(file => file.Kind is ImageFileKind.File or ImageFileKind.HardLink);
        foreach (ImageFile file in files)
        {
            int slash = file.Path.LastIndexOf('/');
            if (!seen.Add(file.Path))
            {
                continue;
            }

            if (user.MayWrite(file) || (!user.IsRoot && IsOwn(facts, file)))
            {
                yield return new RuleFinding(file.Path, $"is run, and {user.Words} may change it ({file.Permissions})");
            }
            else if (slash > 0 && facts.Files.Find(file.Path[..slash]) is { } folder && user.MayReplaceIn(folder))
            {
                yield return new RuleFinding(file.Path, $"is run, and {user.Words} may replace it: the folder is {folder.Permissions}");
            }
        }
    }

    // Who owns a file may give itself the right to write.
    private static bool IsOwn(ImageFacts facts, ImageFile file)
        => ContainerUser.Resolve(facts.Config.User, AccountFiles.Passwd(facts.Files!.Read("/etc/passwd")), AccountFiles.Group(facts.Files.Read("/etc/group"))).Uid == file.Uid;
}
