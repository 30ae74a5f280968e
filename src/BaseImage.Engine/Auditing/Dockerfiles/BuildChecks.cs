namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>
/// BuildKit's own checks, and the parser directive that turns them off: <c># check=skip=JSONArgsRecommended,StageNameCasing;error=true</c>.
/// Sources: Dockerfile reference, "check"; docs.docker.com/reference/build-checks.
/// </summary>
internal static class BuildChecks
{
    /// <summary>Stands for every check.</summary>
    public const string All = "all";

    /// <summary>What rules write before the name of a check that they are equal to.</summary>
    public const string Prefix = "buildkit:";

    /// <summary>The checks that there are. Those that no rule here is equal to look at letter case, at the context or at what is built for.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "ConsistentInstructionCasing", "CopyIgnoredFile", "DuplicateStageName", "ExposeInvalidFormat", "ExposeProtoCasing", "FromAsCasing", "FromPlatformFlagConstDisallowed",
        "InvalidBaseImagePlatform", "InvalidDefaultArgInFrom", "InvalidDefinitionDescription", "JSONArgsRecommended", "LegacyKeyValueFormat", "MaintainerDeprecated",
        "MultipleInstructionsDisallowed", "NoEmptyContinuation", "RedundantTargetPlatform", "ReservedStageName", "SecretsUsedInArgOrEnv", "StageNameCasing", "UndefinedArgInFrom",
        "UndefinedVar", "WorkdirRelativePath",
    ];

    /// <summary>True where a check that is turned off is the rule's equal. <c>all</c> turns off BuildKit's checks, and no rule that it has none for.</summary>
    public static bool Names(AuditRule rule, string check)
        => rule.Equivalent.Any(equal => equal.StartsWith(Prefix, StringComparison.Ordinal) && (check.Equals(All, StringComparison.OrdinalIgnoreCase) || equal.AsSpan(Prefix.Length).Equals(check, StringComparison.OrdinalIgnoreCase)));

    /// <summary>True for a check that there is.</summary>
    public static bool IsKnown(string check) => check.Equals(All, StringComparison.OrdinalIgnoreCase) || Known.Contains(check, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the directive's value.</summary>
    /// <param name="value">Options between semicolons.</param>
    /// <returns>The checks that are turned off, as written, and what is wrong with the value, a sentence each. Whether mistakes end a build (error) is the builder's affair.</returns>
    public static (IReadOnlyList<string> Skipped, IReadOnlyList<string> Problems) Parse(string value)
    {
        List<string> skipped = [], problems = [];
        foreach (string option in value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = option.Split('=', 2, StringSplitOptions.TrimEntries);
            switch (parts[0].ToLowerInvariant())
            {
                case "skip" or "experimental" when parts.Length < 2 || parts[1].Length == 0:
                    problems.Add($"The option {parts[0]} of check names no check.");
                    break;
                case "skip":
                    skipped.AddRange(parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    break;
                case "experimental":
                    break;
                case "error":
                    if (parts.Length < 2 || !bool.TryParse(parts[1], out _))
                    {
                        problems.Add("The option error of check is neither true nor false.");
                    }

                    break;
                default:
                    problems.Add($"check has no option {parts[0]}; write skip=RuleName or error=true.");
                    break;
            }
        }

        return (skipped, problems);
    }
}
