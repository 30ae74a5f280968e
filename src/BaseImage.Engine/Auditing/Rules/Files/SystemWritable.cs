namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2046: the image's user may not change programs, libraries and settings of the system.</summary>
internal sealed class SystemWritable : ListingRule
{
    private const int OtherWrite = 2;
    private static readonly string[] Programs = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2046",
        Title = "The system is safe from the image's user",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A process that may write where programs and libraries lie makes a mistake of the service last: the next start of anything runs what was "
            + "left there. It comes from chown -R over too much. One finding for the topmost folder or file; settings in /etc are Low.",
        Remediation = "Give the user its own folders alone (/srv, /var/lib/NAME), and leave /usr, /etc and /bin to root.",
        References = ["CIS Docker Benchmark 5.13", "NIST SP 800-190 4.4.4"],
        Equivalent = ["cis-docker:5.13"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The image's user may not change the system.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("part of the system can be changed by the image's user", "parts of the system can be changed by the image's user");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        RunUser user = RunUser.Of(facts);
        string above = "";
        if (user.IsRoot)
        {
            yield break;
        }

        foreach (ImageFile file in facts.Files!.All)
        {
            bool isProgram = Array.Exists(Programs, place => file.Path == place || FileText.IsBelow(file.Path, place)), isSetting = file.Path == "/etc" || FileText.IsBelow(file.Path, "/etc");
            if ((isProgram || isSetting) && file.Kind is ImageFileKind.Directory or ImageFileKind.File or ImageFileKind.HardLink && (isProgram || isSetting) && (file.Mode & OtherWrite) == 0 && user.MayWrite(file) && !(above.Length > 0 && FileText.IsBelow(file.Path, above)))
            {
                above = file.Path;
                yield return new RuleFinding(file.Path, $"may be changed by {user.Words} ({file.Permissions})", isSetting ? Severity.Low : null);
            }
        }
    }
}
