using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>Holds an image's configuration against a metadata test.</summary>
internal static class MetadataCheck
{
    /// <summary>What differs.</summary>
    public static IEnumerable<(string Path, string Message)> Find(MetadataTest test, ImageConfig config)
    {
        Dictionary<string, string> env = Environment(config);
        return Named("variable", test.Env, env).Concat(Named("label", test.Labels, config.Labels))
            .Concat(test.UnboundEnv.Where(env.ContainsKey).Select(name => $"the variable {name} is set"))
            .Concat(test.ExposedPorts.Where(port => !Exposes(config, port)).Select(port => $"port {port} is not exposed"))
            .Concat(test.UnexposedPorts.Where(port => Exposes(config, port)).Select(port => $"port {port} is exposed"))
            .Concat(test.Volumes.Where(path => !config.Volumes.Contains(path, StringComparer.Ordinal)).Select(path => $"there is no volume {path}"))
            .Concat(test.UnmountedVolumes.Where(path => config.Volumes.Contains(path, StringComparer.Ordinal)).Select(path => $"there is a volume {path}"))
            .Concat(List("entrypoint", test.Entrypoint, config.Entrypoint)).Concat(List("command", test.Cmd, config.Cmd))
            .Concat(One("working directory", test.WorkingDir, config.WorkingDir)).Concat(One("user", test.User, config.User))
            .Select(message => ("", message));
    }

    /// <summary>The image's variables; the last of a name counts.</summary>
    public static Dictionary<string, string> Environment(ImageConfig config)
    {
        Dictionary<string, string> env = new(StringComparer.Ordinal);
        foreach (string[] parts in config.Env.Select(line => line.Split('=', 2)))
        {
            env[parts[0]] = parts.Length > 1 ? parts[1] : "";
        }

        return env;
    }

    private static IEnumerable<string> Named(string what, IEnumerable<NamedValue> wanted, IReadOnlyDictionary<string, string> real) => wanted.Select(value
        => !real.TryGetValue(value.Key, out string? found) ? $"the {what} {value.Key} is not set"
            : value.Pattern is { } pattern ? pattern.IsMatch(found) ? null : $"the {what} {value.Key} is '{found}', which '{pattern}' does not match"
            : found == value.Value ? null : $"the {what} {value.Key} is '{found}' and not '{value.Value}'").OfType<string>();

    // A port alone means any protocol.
    private static bool Exposes(ImageConfig config, string port) => config.ExposedPorts.Any(exposed => exposed == port || (!port.Contains('/', StringComparison.Ordinal) && exposed.Split('/')[0] == port));

    private static IEnumerable<string> List(string what, IReadOnlyList<string>? wanted, IReadOnlyList<string>? real)
        => wanted is null || wanted.SequenceEqual(real ?? [], StringComparer.Ordinal) ? [] : [$"the {what} is [{string.Join(", ", real ?? [])}] and not [{string.Join(", ", wanted)}]"];

    private static IEnumerable<string> One(string what, string wanted, string real) => wanted.Length == 0 || wanted == real ? [] : [$"the {what} is '{real}' and not '{wanted}'"];
}

/// <summary>Holds files against file tests.</summary>
internal static class FileCheck
{
    /// <summary>What differs.</summary>
    public static IEnumerable<(string Path, string Message)> Find(FileExistenceTest test, ImageFacts facts, StructureTestFile set)
    {
        Dictionary<string, string> env = MetadataCheck.Environment(facts.Config);
        foreach (NamedValue value in set.GlobalEnv)
        {
            env[value.Key] = value.Value;
        }

        string path = Normal(GoExpansion.Expand(test.Path, env));
        (ImageFile? file, bool isThere) = Look(facts.Files!, path);
        if (isThere != test.ShouldExist)
        {
            yield return (path, isThere ? "it is there" : "it is not there");
        }

        if (!isThere || !test.ShouldExist)
        {
            yield break;
        }

        // A directory that no layer lists is made by whoever unpacks, as root's and rwxr-xr-x.
        file ??= new ImageFile { Path = path, Kind = ImageFileKind.Directory, Mode = 0x1ED };
        string mode = GoMode.Format(file.Kind, file.Mode);
        int bits = test.ExecutableBy switch { "any" => 0x49, "owner" => 0x40, "group" => 0x8, "other" => 0x1, _ => -1 };
        if (test.Permissions.Length > 0 && test.Permissions != mode)
        {
            yield return (path, $"its permissions are {mode} and not {test.Permissions}");
        }

        if ((file.Mode & bits) == 0)
        {
            yield return (path, $"it is not executable by {test.ExecutableBy} ({mode})");
        }

        if (test.Uid is { } uid && uid != file.Uid)
        {
            yield return (path, string.Create(CultureInfo.InvariantCulture, $"its owner is {file.Uid} and not {uid}"));
        }

        if (test.Gid is { } gid && gid != file.Gid)
        {
            yield return (path, string.Create(CultureInfo.InvariantCulture, $"its group is {file.Gid} and not {gid}"));
        }
    }

    /// <summary>What differs.</summary>
    public static IEnumerable<(string Path, string Message)> Find(FileContentTest test, ImageFacts facts)
    {
        string path = Normal(test.Path);
        string? text = Read(facts, path);
        return text is null ? [(path, "there is no such file")]
            : test.Expected.Where(pattern => !pattern.IsMatch(text)).Select(pattern => (path, $"'{pattern}' does not match its content"))
                .Concat(test.Excluded.Where(pattern => pattern.IsMatch(text)).Select(pattern => (path, $"'{pattern}' matches its content")));
    }

    /// <summary>A file's text, links followed; null where there is none.</summary>
    public static string? Read(ImageFacts facts, string path)
    {
        if (facts.Files!.Resolve(path) is not { Kind: ImageFileKind.File or ImageFileKind.HardLink } file)
        {
            return null;
        }

        return facts.Structure?.Contents.TryGetValue(file.Path, out ReadOnlyMemory<byte> content) is true ? Encoding.UTF8.GetString(content.Span)
            : throw new InvalidOperationException($"{path} has more bytes than are read of a file, or could not be read");
    }

    /// <summary>A path with one slash before each name.</summary>
    public static string Normal(string path)
    {
        List<string> names = [];
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "."))
        {
            if (name != "..")
            {
                names.Add(name);
            }
            else if (names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
        }

        return "/" + string.Join('/', names);
    }

    // The last name's link is not followed, those before it are.
    private static (ImageFile? File, bool IsThere) Look(FileFacts files, string path)
    {
        if (path == "/")
        {
            return (files.Find("/"), true);
        }

        int slash = path.LastIndexOf('/');
        string folder = slash == 0 ? "" : files.Resolve(path[..slash])?.Path ?? path[..slash];
        string real = folder + path[slash..];
        return files.Find(real) is { } file ? (file, true) : (null, files.All.Any(other => other.Path.StartsWith(real + "/", StringComparison.Ordinal)));
    }
}

/// <summary>Holds licence files against a licence test.</summary>
internal static class LicenceCheck
{
    private const string Root = "/usr/share/doc/";
    private static readonly string[] Exempt = ["libgnutls30"];
    private static readonly string[] Refused = ["AGPL", "WTFPL"];

    /// <summary>The files that it reads.</summary>
    public static IEnumerable<string> Paths(LicenceTest test, FileFacts files)
        => (test.IsDebian ? Packages(files).Select(package => $"{Root}{package}/copyright") : []).Concat(test.Files.Select(FileCheck.Normal));

    /// <summary>What differs.</summary>
    public static IEnumerable<(string Path, string Message)> Find(LicenceTest test, ImageFacts facts)
    {
        if (test.IsDebian && !facts.Files!.All.Any(file => file.Path.StartsWith(Root, StringComparison.Ordinal)))
        {
            yield return (Root.TrimEnd('/'), "there is no such directory");
        }

        foreach (string path in Paths(test, facts.Files!))
        {
            string? text = FileCheck.Read(facts, path)?.ToUpperInvariant();
            if (text is null)
            {
                yield return (path, "there is no such licence file");
            }
            else if (Refused.FirstOrDefault(word => text.Contains(word, StringComparison.Ordinal)) is { } word)
            {
                yield return (path, $"it names {word}");
            }
        }
    }

    // A package whose directory is a link shares another's file.
    private static IEnumerable<string> Packages(FileFacts files) => files.All
        .Where(file => file.Path.StartsWith(Root, StringComparison.Ordinal) && (file.Kind is ImageFileKind.Directory || file.Path.IndexOf('/', Root.Length) > 0))
        .Select(file => file.Path[Root.Length..].Split('/')[0]).Distinct(StringComparer.Ordinal).Where(name => !Exempt.Contains(name, StringComparer.Ordinal));
}

/// <summary>Holds what a command came to against its test.</summary>
internal static class CommandCheck
{
    private const int Shown = 200;

    /// <summary>What differs.</summary>
    /// <param name="test">The test.</param>
    /// <param name="outcome">What it came to.</param>
    /// <param name="shown">What of a text may be shown.</param>
    public static IEnumerable<(string Path, string Message)> Find(CommandTest test, CommandOutcome outcome, Func<string, string> shown)
    {
        if (outcome.Problem.Length > 0)
        {
            yield return ("", shown(outcome.Problem));
            yield break;
        }

        if (outcome.ExitCode != test.ExitCode)
        {
            string code = outcome.ExitCode is { } real ? string.Create(CultureInfo.InvariantCulture, $"it ended with code {real}") : "it did not end in its time";
            yield return ("", string.Create(CultureInfo.InvariantCulture, $"{code} and not with {test.ExitCode}{Said(outcome, shown)}"));
        }

        foreach (string message in Patterns("output", test.ExpectedOutput, test.ExcludedOutput, outcome.Output, shown).Concat(Patterns("error output", test.ExpectedError, test.ExcludedError, outcome.Error, shown)))
        {
            yield return ("", message);
        }
    }

    private static IEnumerable<string> Patterns(string what, IReadOnlyList<GoPattern> expected, IReadOnlyList<GoPattern> excluded, string text, Func<string, string> shown)
        => expected.Where(pattern => !pattern.IsMatch(text)).Select(pattern => $"'{pattern}' does not match its {what}: {Short(shown(text))}")
            .Concat(excluded.Where(pattern => pattern.IsMatch(text)).Select(pattern => $"'{pattern}' matches its {what}: {Short(shown(text))}"));

    private static string Said(CommandOutcome outcome, Func<string, string> shown) => shown(outcome.Error + outcome.Output).Trim() is { Length: > 0 } text ? $": {Short(text)}" : "";

    private static string Short(string text) => text.Trim() is { Length: > Shown } longer ? longer[..Shown] + "…" : text.Trim();
}
