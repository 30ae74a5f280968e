using BaseImage.Documents;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>What may stand in a policy file, and what it means.</summary>
internal sealed class PolicyTables(RuleCatalogue catalogue)
{
    /// <summary>The keys of a policy file.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["$schema", "SchemaVersion", "Description", "Extends", "Severities", "Disabled", "Limits", "Runtime", "Optimize", "Suppressions", "Images", "Final"];

    /// <summary>The keys of what holds for some images.</summary>
    public static IReadOnlyList<string> ImageKeys { get; } = ["Severities", "Disabled", "Limits", "Runtime", "Optimize"];

    /// <summary>The keys of a suppression.</summary>
    public static IReadOnlyList<string> SuppressionKeys { get; } = ["Rule", "Image", "Path", "Fingerprint", "Reason", "Owner", "Until"];

    private const int FingerprintLength = 32;
    private const string AlwaysToldHint = "Take it out; leave what cannot be read out of the audit instead, or mend it.";

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Rules"] = "Write Severities = @{ BI2001 = 'High' } to change a severity, and Disabled = @{ BI2001 = 'reason' } to turn a rule off.",
        ["Suppression"] = "Write Suppressions.",
        ["Limit"] = "Write Limits = @{ Size = '24 MiB' }.",
        ["Size"] = "Write Limits = @{ Size = '24 MiB' }.",
        ["RunProfile"] = "Write Runtime = @{ MemoryLimit = '256 MiB' }.",
        ["Image"] = "Write Images = @{ 'tools*' = @{ Limits = @{ Size = '300 MiB' } } }.",
    };

    private static readonly Dictionary<string, string> ElsewhereInImages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Suppressions"] = "Write it in the policy's own Suppressions, each of which may name an Image.",
    };

    /// <summary>What a file declares final; its own mistakes are told by <see cref="Check"/>.</summary>
    public static IReadOnlyList<string> Final(DataNode? root) => root is not DataTable table ? [] : PolicyMerge.Find(table, "Final") switch
    {
        DataList list => [.. list.Items.OfType<DataScalar>().Select(item => item.Value).OfType<string>()],
        DataScalar { Value: string one } => [one],
        _ => [],
    };

    /// <summary>Checks a file and gives its layers: what holds for every image, then what holds for some.</summary>
    /// <param name="file">The file.</param>
    /// <param name="finals">What the files that it extends declare final.</param>
    /// <param name="problems">Where mistakes go.</param>
    public IReadOnlyList<PolicyLayer> Check(PolicyFile file, IReadOnlyList<string> finals, DataProblems problems)
    {
        TableReader table = TableReader.Open(file.Root, "the policy", Keys, problems, Elsewhere);
        if (table.Require("SchemaVersion", "Write SchemaVersion = 1."))
        {
            table.Integer("SchemaVersion", 1, 1);
        }

        table.Text("$schema");
        table.Text("Description");
        CheckFinal(table);
        Settings(table, finals);
        Suppressions(table, _ => finals);
        if (file.Root is not DataTable root)
        {
            return [];
        }

        List<PolicyLayer> layers = [new PolicyLayer(null, PolicyMerge.Settings(root))];
        foreach (DataEntry entry in table.Entries("Images", "Write Images = @{ 'tools*' = @{ Limits = @{ Size = '300 MiB' } } }."))
        {
            Settings(TableReader.Open(entry.Value, $"what holds for '{TableReader.Shown(entry.Key)}'", ImageKeys, problems, ElsewhereInImages), finals);
            if (entry.Value is DataTable settings)
            {
                layers.Add(new PolicyLayer(entry.Key, settings));
            }
        }

        return layers;
    }

    /// <summary>The meaning of layers laid over one another, whose mistakes are told already.</summary>
    /// <param name="table">The merged table; null for none.</param>
    /// <param name="finals">What a file must not change.</param>
    public AuditPolicy Parse(DataTable? table, Func<string, IReadOnlyList<string>> finals)
    {
        if (table is null)
        {
            return AuditPolicy.None;
        }

        TableReader reader = TableReader.Open(table, "the policy", Keys, new DataProblems(), Elsewhere);
        return Settings(reader, []) with { Suppressions = Suppressions(reader, finals) };
    }

    private AuditPolicy Settings(TableReader table, IReadOnlyList<string> finals) => new()
    {
        Severities = Severities(table, finals),
        Disabled = Disabled(table, finals),
        Limits = Limits(table, finals),
        Runtime = Runtime(table, finals),
        Optimize = OptimizePolicy.Read(table),
    };

    private Dictionary<string, Severity> Severities(TableReader table, IReadOnlyList<string> finals)
    {
        const string Hint = "Write the rule's id and a severity, as BI2001 = 'High'.";
        Dictionary<string, Severity> severities = new(StringComparer.OrdinalIgnoreCase);
        foreach (DataEntry entry in table.Entries("Severities", Hint))
        {
            if (!IsRule(entry.Key, entry.KeyPosition, table.Problems) || TableReader.AsText(entry.Value, entry.Key, table.Problems) is not { Value: string text })
            {
                continue;
            }

            if (Enum.GetNames<Severity>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                severities[entry.Key] = Enum.Parse<Severity>(name);
            }
            else
            {
                table.Problems.Add(entry.Value.Position, $"'{SafeText.Of(text)}' is no severity.", $"Write one of {string.Join(", ", Enum.GetNames<Severity>())}.");
            }
        }

        Hold(table, "Severities", finals);
        return severities;
    }

    private Dictionary<string, string> Disabled(TableReader table, IReadOnlyList<string> finals)
    {
        const string Hint = "Write the rule's id and why it is turned off, as BI2008 = 'documentation is wanted'.";
        Dictionary<string, string> disabled = new(StringComparer.OrdinalIgnoreCase);
        foreach (DataEntry entry in table.Entries("Disabled", Hint))
        {
            IsRule(entry.Key, entry.KeyPosition, table.Problems);
        }

        foreach ((string rule, string reason) in table.Map("Disabled", Hint))
        {
            disabled[rule] = reason;
        }

        Hold(table, "Disabled", finals);
        return disabled;
    }

    private static PolicyLimits Limits(TableReader table, IReadOnlyList<string> finals)
    {
        HoldKeys(table, "Limits", finals);
        return LimitReader.Read(table);
    }

    private static RuntimeSettings Runtime(TableReader table, IReadOnlyList<string> finals)
    {
        HoldKeys(table, "Runtime", finals);
        return RuntimeReader.Read(table);
    }

    private List<Suppression> Suppressions(TableReader table, Func<string, IReadOnlyList<string>> finals)
    {
        List<Suppression> suppressions = [];
        foreach (TableReader entry in table.Tables("Suppressions", "a suppression", SuppressionKeys))
        {
            if (Suppression(entry, finals(entry.Position.File ?? "")) is { } suppression)
            {
                suppressions.Add(suppression);
            }
        }

        return suppressions;
    }

    private Suppression? Suppression(TableReader entry, IReadOnlyList<string> finals)
    {
        string? fingerprint = entry.Text("Fingerprint");
        if (fingerprint is not null && (fingerprint.Length != FingerprintLength || !fingerprint.All(char.IsAsciiHexDigit)))
        {
            entry.Fail("Fingerprint", $"'{SafeText.Of(fingerprint)}' is no fingerprint.", $"Write the Fingerprint of a finding: {FingerprintLength} hexadecimal digits.");
        }

        // A fingerprint says which rule it is of.
        string? rule = fingerprint is not null && !entry.Has("Rule") ? "*" : entry.RequiredText("Rule", "Name the rule, for instance 'BI2001', or a wildcard, 'BI2*'.");
        string? reason = entry.RequiredText("Reason", "Say why the finding is acceptable.");
        string? owner = entry.RequiredText("Owner", "Say who answers for it: a person or a team.");
        entry.Require("Until", "Say until which day it holds, as '2026-12-31'.");
        DateOnly? until = entry.Date("Until");
        if (rule is not null && !IsKnown(rule))
        {
            entry.Fail("Rule", $"No rule matches '{SafeText.Of(rule)}'.", RuleHint(rule));
        }

        if (rule is not null && RuleCatalogue.IsAlwaysTold(rule))
        {
            entry.Fail("Rule", AlwaysTold(rule), AlwaysToldHint);
        }

        string? path = entry.Text("Path");
        if (path is not null && !LimitReader.IsPath(path))
        {
            entry.Fail("Path", $"'{SafeText.Of(path)}' is not a path in an image.", $"Start it with '/', as '/{SafeText.Of(path)}'.");
        }

        string[] rules = [.. finals.Where(final => !IsSetting(final))];
        if (rule is not null && rules.Any(final => Is(final, rule)))
        {
            TellFinal(entry.Problems, entry.PositionOf("Rule"), rule);
        }

        return rule is not null && reason is not null && owner is not null && until is { } day
            ? new Suppression(rule, entry.Text("Image") ?? "*", path, reason, owner, day, fingerprint) { Place = $"{Path.GetFileName(entry.Position.File)}:{entry.Position.Line}", NotFor = rules }
            : null;
    }

    private void CheckFinal(TableReader table)
    {
        const string Hint = "Write a rule's id or wildcard, 'Limits' or 'Runtime', or one of theirs, as 'Limits.Size'.";
        foreach (DataScalar item in table.Texts("Final"))
        {
            string text = (string)item.Value!;
            bool isSetting = Is(text.Split('.')[0], "Limits") || Is(text.Split('.')[0], "Runtime");
            if (isSetting ? !IsSetting(text) : !IsKnown(text))
            {
                table.Problems.Add(item.Position, $"'{SafeText.Of(text)}' is nothing that can be final.", Hint);
            }
        }
    }

    // $null counts too: it takes back what is to stay.
    private static void Hold(TableReader table, string key, IReadOnlyList<string> finals)
    {
        if (finals.Count > 0 && table.Node(key) is DataTable rules)
        {
            foreach (DataEntry entry in rules.Entries.Where(entry => finals.Any(final => Wildcard.IsMatch(final, entry.Key))))
            {
                TellFinal(table.Problems, entry.KeyPosition, entry.Key);
            }
        }
    }

    private static void HoldKeys(TableReader table, string key, IReadOnlyList<string> finals)
    {
        if (finals.Count > 0 && table.Node(key) is DataTable settings)
        {
            foreach (DataEntry entry in settings.Entries.Where(entry => finals.Any(final => Is(final, key) || Is(final, $"{key}.{entry.Key}"))))
            {
                TellFinal(table.Problems, entry.KeyPosition, $"{key}.{entry.Key}");
            }
        }
    }

    // What can be final beside rules.
    private static bool IsSetting(string final) => Is(final, "Limits") || LimitReader.Keys.Any(key => Is(final, $"Limits.{key}"))
        || Is(final, "Runtime") || RuntimeReader.Keys.Any(key => Is(final, $"Runtime.{key}"));

    private static void TellFinal(DataProblems problems, SourcePosition position, string what)
        => problems.Add(position, $"A policy that this one extends says that {SafeText.Of(what)} is final.", "Take this out, or have it changed there.");

    private static string AlwaysTold(string rule) => $"{rule.ToUpperInvariant()} says that something could not be read, so nothing of it was judged: no policy changes that.";

    private bool IsRule(string id, SourcePosition position, DataProblems problems)
    {
        if (RuleCatalogue.IsAlwaysTold(id))
        {
            problems.Add(position, AlwaysTold(id), AlwaysToldHint);
            return false;
        }

        if (!id.Contains('*', StringComparison.Ordinal) && !id.Contains('?', StringComparison.Ordinal) && IsKnown(id))
        {
            return true;
        }

        problems.Add(position, $"There is no rule '{SafeText.Of(id)}'.", RuleHint(id));
        return false;
    }

    // Rules of an organisation's own are not in the catalogue, and need not be there whenever the policy is: only what
    // is plainly meant for a rule of the catalogue has to be one.
    private bool IsKnown(string pattern)
        => catalogue.Rules.Any(known => Wildcard.IsMatch(pattern, known.Id))
            || (CustomRuleId.IsPattern(pattern) && NearestKey.Find(pattern, catalogue.Rules.Select(rule => rule.Id)) is null);

    private string RuleHint(string id) => NearestKey.Find(id, catalogue.Rules.Select(rule => rule.Id)) is { } nearest
        ? $"Did you mean {nearest}? Get-BaseImageRule lists the rules."
        : "List the rules with Get-BaseImageRule.";

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
