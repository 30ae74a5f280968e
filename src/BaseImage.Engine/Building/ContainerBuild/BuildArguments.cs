using System.Text.RegularExpressions;
using BaseImage.Documents;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>
/// The build arguments that a Dockerfile gets: those of its settings file, which it has to declare, and of the files that it
/// extends those that it does declare. Their values are never printed.
/// </summary>
internal sealed partial class BuildArguments
{
    private static readonly Dictionary<string, string> OwnKeys = new(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = "SourceDateEpoch", ["TZ"] = "TimeZone", ["LANG"] = "Locale" };

    private BuildArguments(IReadOnlyDictionary<string, string> values, IReadOnlyList<string> warnings) => (Values, Warnings) = (values, warnings);

    /// <summary>Names and values.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>What somebody should know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The values that are not to be seen in any output: of arguments that are called as secrets are.</summary>
    public IEnumerable<string> Secrets => Values.Where(pair => IsSecret(pair.Key) && pair.Value.Length >= 4).Select(pair => pair.Value);

    /// <summary>True for a name that secrets have.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    /// <summary>Chooses them.</summary>
    /// <exception cref="BuildArgumentException">One is not declared, or is set in another way.</exception>
    public static BuildArguments Of(Dockerfile file, DockerfileSettings settings, string path)
    {
        HashSet<string> declared = new(file.Instructions.Where(instruction => instruction.Name == "ARG").SelectMany(instruction => instruction.Pairs).Select(pair => pair.Name), StringComparer.Ordinal);
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        List<string> warnings = [];
        foreach ((string name, string value) in settings.BuildArguments)
        {
            if (OwnKeys.TryGetValue(name, out string? key))
            {
                throw new BuildArgumentException(settings.Path, 0, name, "is set by a key of its own.", $"Write {key} = '…' instead.");
            }

            values[name] = declared.Contains(name) ? value : throw new BuildArgumentException(settings.Path, 0, name, $"is not taken: {path} has no ARG {name}.",
                NearestKey.Find(name, [.. declared]) is { } nearest ? $"Did you mean '{nearest}'?" : declared.Count == 0 ? "The Dockerfile declares no arguments; take it out." : $"It declares {string.Join(", ", declared.Order(StringComparer.Ordinal))}.");
            if (!IsUsed(file, name))
            {
                warnings.Add($"{path}: ARG {name} is declared and given a value, and nothing uses it.");
            }
        }

        foreach ((string name, string value) in settings.SharedArguments)
        {
            if (declared.Contains(name) && !OwnKeys.ContainsKey(name))
            {
                values[name] = value;
            }
        }

        warnings.AddRange(values.Keys.Where(IsSecret).Select(name => $"{path}: the build argument {name} is called as a secret is. What RUN writes of it is in the image for everybody; builders keep arguments in their caches."));
        return new BuildArguments(values, warnings);
    }

    // In a RUN the shell puts it in, so that its name anywhere counts.
    private static bool IsUsed(Dockerfile file, string name)
        => file.Instructions.Any(instruction => instruction.Name is "RUN" or "ONBUILD" ? instruction.ArgumentText.Contains(name, StringComparison.Ordinal) || instruction.Heredocs.Any(text => text.Content.Contains(name, StringComparison.Ordinal))
            : VariableUse.Words(instruction).Any(word => word.Text.Contains('$', StringComparison.Ordinal) && word.Text.Contains(name, StringComparison.Ordinal)));

    [GeneratedRegex("TOKEN|SECRET|PASSW|PASSPHRASE|_PWD$|^PWD_|API_?KEY|PRIVATE|CREDENTIAL|AUTH(?!OR)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
