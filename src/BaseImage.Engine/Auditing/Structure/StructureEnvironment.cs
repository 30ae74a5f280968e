using System.Text;
using BaseImage.Documents;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>
/// The variables that command tests take from this machine (containerRunOptions: envVars, envFile). They are part of what
/// tells one audit from another, and no row shows their values.
/// </summary>
internal static class StructureEnvironment
{
    private const int MaximumBytes = 1 << 20;
    private const int MaximumVariables = 1_000;

    /// <summary>A file of tests with what it asks for.</summary>
    /// <param name="file">The file as it was read.</param>
    /// <param name="variable">This machine's variables.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StructureTestInvalidException">It names no variable, or a file of variables that is none.</exception>
    public static async Task<StructureTestFile> AddAsync(StructureTestFile file, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        if (file.HostVariables.Count == 0 && file.EnvFile is null)
        {
            return file;
        }

        DataProblems problems = new();
        List<KeyValuePair<string, string>> found = file.EnvFile is { } named ? await ReadAsync(file.Path, named, variable, problems, cancellationToken).ConfigureAwait(false) : [];
        List<string> unmet = [];
        foreach (DataScalar name in file.HostVariables)
        {
            string text = (string)name.Value!;
            if (!IsName(text))
            {
                problems.Add(name.Position, $"'{SafeText.Of(text)}' is no name of a variable.", "Write the name alone: its value comes from this machine; globalEnvVars has values.");
            }
            else if (variable(text) is { } value)
            {
                found.Add(new(text, value));
            }
            else
            {
                unmet.Add(SafeText.Of(text));
            }
        }

        byte[] all = Encoding.UTF8.GetBytes(string.Concat(found.Select(pair => $"{pair.Key.Length}:{pair.Key}{pair.Value.Length}:{pair.Value}")));
        return problems.Any ? throw new StructureTestInvalidException(file.Path, problems.Items) : file with
        {
            Environment = found,
            Unmet = unmet.Count == 0 ? "" : $"the variable{(unmet.Count == 1 ? "" : "s")} {string.Join(", ", unmet)} (envVars), not set on this machine",
            Digest = Digest.Of([.. Encoding.ASCII.GetBytes(file.Digest.Hex), .. all]),
        };
    }

    /// <summary>A text without the values of the variables: what a command prints may be shown.</summary>
    public static string Mask(string text, IReadOnlyList<KeyValuePair<string, string>> environment)
        => environment.Select(pair => (Name: pair.Key, pair.Value)).Where(pair => pair.Value.Trim().Length > 2).OrderByDescending(pair => pair.Value.Length)
            .Aggregate(text, (masked, pair) => masked.Replace(pair.Value, $"<{pair.Name}>", StringComparison.Ordinal));

    // As Docker reads it: NAME=value, NAME alone for this machine's, lines with # in front are comments, values stay as they stand.
    private static async Task<List<KeyValuePair<string, string>>> ReadAsync(string testPath, DataScalar named, Func<string, string?> variable, DataProblems problems, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> found = [];
        string text = (string)named.Value!, folder = Path.GetDirectoryName(Path.GetFullPath(testPath))!;
        string full = text.Any(char.IsControl) || Path.IsPathRooted(text) ? "" : Path.GetFullPath(Path.Combine(folder, text.Replace('\\', '/')));

        // What stands elsewhere on this machine was not written for tests.
        if (!full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || new FileInfo(full).LinkTarget is not null)
        {
            problems.Add(named.Position, $"envFile is '{SafeText.Of(text)}', which is no file in the folder of the tests.", "Write a path from that folder, as 'test.env'.");
            return found;
        }

        string content;
        try
        {
            if (new FileInfo(full).Length > MaximumBytes)
            {
                problems.Add(named.Position, $"envFile '{SafeText.Of(text)}' has more than 1 MiB.", "Check that this is the file that was meant.");
                return found;
            }

            content = await File.ReadAllTextAsync(full, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(named.Position, $"envFile '{SafeText.Of(text)}' cannot be read.", "Paths are taken from the folder of the file of tests.");
            return found;
        }

        int number = 0;
        foreach (string line in content.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r').TrimStart()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int sign = line.IndexOf('=', StringComparison.Ordinal);
            string name = sign < 0 ? line : line[..sign];
            if (!IsName(name) || found.Count >= MaximumVariables)
            {
                // Nothing of the line is said: it may be a secret.
                problems.Add(new SourcePosition(full, number, 1), IsName(name) ? "The file has more than 1,000 variables." : "The line has no name of a variable.", "Write NAME=value, or NAME for this machine's.");
                return found;
            }

            if ((sign < 0 ? variable(name) : line[(sign + 1)..]) is { } value)
            {
                found.Add(new(name, value));
            }
        }

        return found;
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 256 && !text.Any(c => c is '=' or '\0' || char.IsWhiteSpace(c) || char.IsControl(c));
}
