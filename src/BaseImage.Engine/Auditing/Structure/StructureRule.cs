using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>One test of a file as a rule of the audit, so that policies, suppressions, journals and reports know it as any other.</summary>
internal sealed class StructureRule(StructureTestFile file, StructureTest test) : IAuditRule
{
    /// <summary>The file.</summary>
    public StructureTestFile File { get; } = file;

    /// <summary>The test.</summary>
    public StructureTest Test { get; } = test;

    /// <inheritdoc/>
    public AuditRule Describe => Test switch
    {
        MetadataTest => StructureRules.Metadata,
        FileExistenceTest => StructureRules.FileExistence,
        FileContentTest => StructureRules.FileContent,
        LicenceTest => StructureRules.Licence,
        _ => StructureRules.Command,
    };

    /// <inheritdoc/>
    public string Identity => $"{Describe.Id}:{File.Digest.Hex}:{Test.Position.Line}";

    /// <inheritdoc/>
    public bool NeedsFiles => Test is FileExistenceTest or FileContentTest or LicenceTest;

    /// <inheritdoc/>
    public RunNeeds Needs => RunNeeds.Given;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        IEnumerable<(string Path, string Message)> found = Test switch
        {
            MetadataTest metadata => MetadataCheck.Find(metadata, facts.Config),
            FileExistenceTest existence => FileCheck.Find(existence, facts, File),
            FileContentTest content => FileCheck.Find(content, facts),
            LicenceTest licence => LicenceCheck.Find(licence, facts),
            CommandTest command => Commanded(command, facts),
            _ => throw new InvalidOperationException("There is no such kind of test."),
        };
        if (Test is CommandTest && facts.Structure?.Commands?.Skipped is { } reason)
        {
            return RuleOutcome.Skip($"'{Test.Name}' was not run: {reason}");
        }

        RuleFinding[] findings = [.. found.Select((item, i) => new RuleFinding(item.Path, $"'{Test.Name}': {item.Message}", Key: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Test.Name}:{i}")) { Line = 0 })];
        return RuleOutcome.Of(findings, $"'{Test.Name}' holds.", failing => failing.Count == 1 ? $"{failing[0].Message}." : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{failing[0].Message}, and {failing.Count - 1} more."));
    }

    private IEnumerable<(string Path, string Message)> Commanded(CommandTest test, ImageFacts facts)
    {
        if (File.Refused.Length > 0)
        {
            throw new InvalidOperationException($"the file asks for {File.Refused}, which reaches out of the container or mixes its outputs, and no test gets here");
        }

        if (File.Unmet.Length > 0)
        {
            throw new InvalidOperationException($"the file asks for {File.Unmet}");
        }

        if (facts.Structure?.Commands is not { } commands)
        {
            throw new InvalidOperationException("the command was not run");
        }

        return commands.Skipped is not null ? []
            : commands.Failure is { } failure ? throw new InvalidOperationException(failure)
            : commands.Outcomes.TryGetValue(test, out CommandOutcome? outcome) ? CommandCheck.Find(test, outcome, text => StructureEnvironment.Mask(text, File.Environment))
            : throw new InvalidOperationException("the command was not run");
    }
}

/// <summary>What structure tests need beside the facts of every audit.</summary>
internal sealed record StructureFacts
{
    /// <summary>Contents of the files that are read, by path; what is larger than is read is not here.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Contents { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>What commands came to; null where there are none.</summary>
    public StructureCommands? Commands { get; init; }
}

/// <summary>What command tests came to.</summary>
internal sealed record StructureCommands
{
    /// <summary>Why they were not run; null where they were.</summary>
    public string? Skipped { get; init; }

    /// <summary>Why running them failed; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>By test.</summary>
    public IReadOnlyDictionary<CommandTest, CommandOutcome> Outcomes { get; init; } = new Dictionary<CommandTest, CommandOutcome>();
}

/// <summary>What one command came to.</summary>
/// <param name="ExitCode">Its exit code; null where it did not end in its time.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Error">What it wrote to its error stream.</param>
/// <param name="Problem">What kept it from running, a setup that failed for instance; empty for nothing.</param>
internal sealed record CommandOutcome(long? ExitCode, string Output, string Error, string Problem);
