using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis.Sarif;
using Newtonsoft.Json;

namespace BaseImage.Engine.Reporting;

/// <summary>
/// Audit results as SARIF 2.1.0: one run, a result for each finding that fails or is suppressed, the rules with their
/// help, and what could not be evaluated or was skipped as notifications of the one invocation. Times are left out, so
/// that the same audit gives the same bytes. Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
/// </summary>
internal static class SarifReport
{
    private const string FingerprintName = "baseImageFinding/v1";
    private const string ImageRoot = "IMAGEROOT";

    /// <summary>The report's bytes.</summary>
    public static byte[] Write(IReadOnlyList<AuditResult> results)
    {
        IReadOnlyList<AuditRule> rules = ReportRules.Of(results);
        Dictionary<string, int> index = rules.Select((rule, i) => (rule.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i, StringComparer.OrdinalIgnoreCase);
        string version = typeof(SarifReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
        Run run = new()
        {
            Tool = new Tool
            {
                Driver = new ToolComponent { Name = "BaseImage", SemanticVersion = version, Version = version, Rules = [.. rules.Select(Rule)] },
            },
            OriginalUriBaseIds = new Dictionary<string, ArtifactLocation>
            {
                [ImageRoot] = new() { Description = new Message { Text = "The root of the file system of the image that the result's logical location names." } },
            },
            ColumnKind = ColumnKind.Utf16CodeUnits,
            Invocations = [Invocation(results, index)],
            Results = [.. results.SelectMany(row => Results(row, index[row.RuleId]))],
        };
        SarifLog log = new() { SchemaUri = new Uri("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"), Version = SarifVersion.Current, Runs = [run] };
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (JsonTextWriter writer = new(text) { Formatting = Formatting.Indented, CloseOutput = false })
        {
            JsonSerializer.Create(new JsonSerializerSettings { Culture = CultureInfo.InvariantCulture }).Serialize(writer, log);
        }

        return Encoding.UTF8.GetBytes(text.ToString() + "\n");
    }

    private static ReportingDescriptor Rule(AuditRule rule)
    {
        string references = rule.References.Count + rule.Equivalent.Count == 0 ? "" : $"\n\nSee {string.Join(", ", rule.References.Concat(rule.Equivalent))}.";
        ReportingDescriptor descriptor = new()
        {
            Id = rule.Id,
            ShortDescription = new MultiformatMessageString { Text = Said(rule.Title, rule.Id) },
            FullDescription = new MultiformatMessageString { Text = Said(rule.Rationale, rule.Id) },
            Help = new MultiformatMessageString
            {
                Text = $"{Said(rule.Rationale, rule.Id)}\n\n{rule.Remediation}{references}",
                Markdown = $"{MarkdownReport.Escape(Said(rule.Rationale, rule.Id))}\n\n**To mend it:** {MarkdownReport.Escape(rule.Remediation)}{MarkdownReport.Escape(references)}",
            },
            DefaultConfiguration = new ReportingConfiguration { Level = Level(rule.Severity) },
        };

        // What GitHub's code scanning sorts by, and what its filters offer.
        descriptor.SetProperty("security-severity", Score(rule.Severity));
        descriptor.SetProperty("tags", new[] { "security", "container", rule.Category });
        return descriptor;
    }

    private static IEnumerable<Result> Results(AuditResult row, int rule)
    {
        if (row.Status is not (AuditStatus.Fail or AuditStatus.Suppressed))
        {
            return [];
        }

        // A note fails nothing, unless the policy made notes of the whole rule.
        AuditFinding[] findings = [.. row.Findings.Where(finding => finding.Severity > Severity.Info || row.Severity == Severity.Info)];
        return findings.Length == 0
            ? [Result(row, rule, row.Severity, row.Message, [Location(row, "", 0)])]
            : findings.Select(finding =>
            {
                Result result = Result(row, rule, finding.Severity, finding.Message, [Location(row, finding.Path, finding.Line)]);
                result.PartialFingerprints = new Dictionary<string, string> { [FingerprintName] = finding.Fingerprint };
                result.Suppressions = finding.Accepted.Length == 0 ? [] : [Suppression(finding.Accepted)];
                return result;
            });
    }

    private static Result Result(AuditResult row, int rule, Severity severity, string message, IList<Location> locations)
    {
        Result result = new()
        {
            RuleId = row.RuleId,
            RuleIndex = rule,
            Kind = ResultKind.Fail,
            Level = Level(severity),
            Message = new Message { Text = Said(message, row.Title, row.RuleId) },
            Locations = locations,
        };
        result.SetProperty("severity", severity.ToString());
        return result;
    }

    private static Suppression Suppression(string accepted) => new()
    {
        // What a policy accepts is written beside the image; an ignore stands in the Dockerfile itself.
        Kind = accepted.StartsWith("accepted until ", StringComparison.Ordinal) ? SuppressionKind.External : SuppressionKind.InSource,
        Status = SuppressionStatus.Accepted,
        Justification = accepted,
    };

    private static Location Location(AuditResult row, string path, int line)
    {
        Region? region = line > 0 ? new Region { StartLine = line } : null;
        if (ReportRules.IsDockerfile(row))
        {
            return new Location { PhysicalLocation = new PhysicalLocation { ArtifactLocation = new ArtifactLocation { Uri = FileUri(path.Length > 0 ? path : row.Image) }, Region = region } };
        }

        Location location = new()
        {
            LogicalLocations =
            [
                new LogicalLocation
                {
                    Name = path.Length > 0 ? path : row.Image,
                    FullyQualifiedName = path.Length > 0 ? $"{ReportRules.Subject(row)}!{path}" : ReportRules.Subject(row),
                    Kind = path.Length > 0 ? "resource" : "module",
                },
            ],
        };
        if (path.StartsWith('/') && path.Length > 1)
        {
            location.PhysicalLocation = new PhysicalLocation { ArtifactLocation = new ArtifactLocation { Uri = Relative(path[1..]), UriBaseId = ImageRoot }, Region = region };
        }

        return location;
    }

    private static Invocation Invocation(IReadOnlyList<AuditResult> results, Dictionary<string, int> rules) => new()
    {
        ExecutionSuccessful = results.All(row => row.Status != AuditStatus.Error),
        ToolExecutionNotifications = [.. results.Where(row => row.Status is AuditStatus.Error or AuditStatus.Skipped).Select(row => new Notification
        {
            AssociatedRule = new ReportingDescriptorReference { Id = row.RuleId, Index = rules[row.RuleId] },
            Level = row.Status == AuditStatus.Error ? FailureLevel.Error : FailureLevel.Note,
            Message = new Message { Text = Said(row.Message, row.Title, row.RuleId) },
            Locations = [new Location { LogicalLocations = [new LogicalLocation { Name = row.Image, FullyQualifiedName = ReportRules.Subject(row), Kind = "module" }] }],
        })],
    };

    // A Dockerfile's path as a reader of the report finds it: relative as it was given, or a file: URI.
    private static Uri FileUri(string path)
    {
        string forward = path.Replace('\\', '/');
        bool isDrive = forward.Length > 2 && char.IsAsciiLetter(forward[0]) && forward[1] == ':' && forward[2] == '/';
        return forward.StartsWith('/') ? new Uri("file://" + Escaped(forward), UriKind.Absolute)
            : isDrive ? new Uri("file:///" + forward[..2] + Escaped(forward[2..]), UriKind.Absolute)
            : Relative(forward.StartsWith("./", StringComparison.Ordinal) ? forward[2..] : forward);
    }

    private static Uri Relative(string path) => new(Escaped(path), UriKind.Relative);

    // Every segment by itself, so that a name such as "a:b" or "..%2f" stays a name.
    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    // SARIF knows no empty message: something is said instead.
    private static string Said(string text, params ReadOnlySpan<string> instead)
    {
        foreach (string other in instead)
        {
            text = string.IsNullOrWhiteSpace(text) ? other : text;
        }

        return text;
    }

    private static FailureLevel Level(Severity severity) => severity switch
    {
        Severity.Critical or Severity.High => FailureLevel.Error,
        Severity.Medium => FailureLevel.Warning,
        _ => FailureLevel.Note,
    };

    private static string Score(Severity severity) => severity switch
    {
        Severity.Critical => "9.5",
        Severity.High => "8.0",
        Severity.Medium => "5.5",
        Severity.Low => "3.0",
        _ => "0.0",
    };
}
