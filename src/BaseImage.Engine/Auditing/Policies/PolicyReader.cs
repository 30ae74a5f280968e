using BaseImage.Documents;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>Reads a policy file (<c>.psd1</c> or <c>.json</c>) and all that it extends; every mistake is told with its place and a hint.</summary>
/// <example><code>
/// @{
///     SchemaVersion = 1
///     Extends       = '../company/policy.psd1'
///     Severities    = @{ BI2001 = 'High' }
///     Disabled      = @{ BI2008 = 'documentation is wanted in these images' }
///     Limits        = @{ Size = '24 MiB'; AllowedPorts = 8080 }
///     Runtime       = @{ MemoryLimit = '256 MiB'; ReadySeconds = 30; GraceSeconds = 5; LoadPath = '/health' }
///     Suppressions  = @(@{ Rule = 'BI2001'; Image = 'tools*'; Path = '/usr/bin/su'; Reason = 'needed by cron'; Owner = 'platform team'; Until = '2026-12-31' })
///     Images        = @{ 'tools*' = @{ Limits = @{ Size = '300 MiB' } } }
/// }
/// </code></example>
internal sealed class PolicyReader(DataFiles files, RuleCatalogue catalogue)
{
    private readonly PolicyTables _tables = new(catalogue);

    /// <summary>Reads a policy from a full path; none for null.</summary>
    /// <exception cref="PolicyInvalidException">It has mistakes.</exception>
    public async Task<PolicySet> ReadAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            return PolicySet.None;
        }

        DataProblems problems = new();
        return Assemble(path, await new PolicyFiles(files).ReadAsync(path, problems, cancellationToken).ConfigureAwait(false), problems);
    }

    /// <summary>Reads a policy whose own text is at hand, with all that it extends.</summary>
    /// <exception cref="PolicyInvalidException">It has mistakes.</exception>
    public async Task<PolicySet> ReadAsync(DataDocument document, CancellationToken cancellationToken)
    {
        DataProblems problems = new();
        return Assemble(document.Path, await new PolicyFiles(files).ReadAsync(document, problems, cancellationToken).ConfigureAwait(false), problems);
    }

    /// <summary>Reads a policy from a document that extends nothing.</summary>
    public PolicySet Read(DataDocument document)
    {
        DataProblems problems = new();
        problems.Add(document.Problems);
        return Assemble(document.Path, [new PolicyFile(document.Path, document.Root, [])], problems);
    }

    private PolicySet Assemble(string path, IReadOnlyList<PolicyFile> read, DataProblems problems)
    {
        // The file that was asked for is last, and its mistakes are told first.
        List<PolicyLayer> layers = [];
        Dictionary<string, IReadOnlyList<string>> finals = new(StringComparer.Ordinal);
        foreach (PolicyFile file in read)
        {
            finals[file.Path] = [.. file.Over.SelectMany(over => PolicyTables.Final(read.First(other => other.Path == over).Root))];
        }

        foreach (PolicyFile file in read.Reverse())
        {
            layers.InsertRange(0, _tables.Check(file, finals[file.Path], problems));
        }

        return problems.Any
            ? throw new PolicyInvalidException(path, problems.Items)
            : new PolicySet(layers, table => _tables.Parse(table, file => finals.GetValueOrDefault(file) ?? []));
    }
}
