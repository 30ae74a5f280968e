using System.Globalization;
using BaseImage.Documents;
using BaseImage.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>
/// Reads files of structure tests, YAML or JSON, schema 2.0.0 and 1.0.0, strictly: every mistake with its line and column,
/// an unknown key with the nearest known one. Source: github.com/GoogleContainerTools/container-structure-test, README
/// and pkg/types.
/// </summary>
internal static class StructureTestReader
{
    private const int MaximumBytes = 1 << 20;
    private const int MaximumDepth = 16;
    private const int MaximumNodes = 50_000;
    private static readonly string[] Files = ["schemaVersion", "globalEnvVars", "commandTests", "fileExistenceTests", "fileContentTests", "metadataTest", "licenseTests", "containerRunOptions"];
    private static readonly string[] Commands = ["name", "setup", "teardown", "envVars", "exitCode", "command", "args", "expectedOutput", "excludedOutput", "expectedError", "excludedError"];
    private static readonly string[] Existences = ["name", "path", "shouldExist", "permissions", "uid", "gid", "isExecutableBy"];
    private static readonly string[] Contents = ["name", "path", "expectedContents", "excludedContents"];
    private static readonly string[] Metadata = ["envVars", "unboundEnvVars", "labels", "exposedPorts", "unexposedPorts", "volumes", "unmountedVolumes", "entrypoint", "cmd", "workdir", "user"];
    private static readonly string[] Licences = ["debian", "files"];
    private static readonly string[] Options = ["user", "privileged", "allocateTty", "envVars", "envFile", "capabilities", "bindMounts"];
    private static readonly string[] Values = ["key", "value", "isRegex"];
    private static readonly HashSet<string> Numbers = new(["exitCode", "uid", "gid"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Switches = new(["shouldExist", "isRegex", "debian", "privileged", "allocateTty"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a file.</summary>
    /// <exception cref="StructureTestInvalidException">It has mistakes.</exception>
    /// <exception cref="PathNotFoundException">It does not exist.</exception>
    public static async Task<StructureTestFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new PathNotFoundException(path, "Check the path of the file of structure tests.");
        }

        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        byte[] bytes = new byte[MaximumBytes + 1];
        int size = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return await StructureEnvironment.AddAsync(Read(path, bytes.AsSpan(0, size)), Environment.GetEnvironmentVariable, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a file's bytes.</summary>
    public static StructureTestFile Read(string path, ReadOnlySpan<byte> bytes)
    {
        DataProblems problems = new();
        DataNode? root = null;
        if (bytes.Length > MaximumBytes)
        {
            problems.Add(new SourcePosition(path, 1, 1), "The file has more than 1 MiB.", "Check that this is the file that was meant.");
        }
        else
        {
            root = Parse(path, System.Text.Encoding.UTF8.GetString(bytes), problems);
        }

        StructureTestFile file = problems.Any ? new StructureTestFile { Path = path, Digest = default } : new Reading(problems).File(path, Digest.Of(bytes), root);
        return problems.Any ? throw new StructureTestInvalidException(path, problems.Items) : file;
    }

    private static DataNode? Parse(string path, string text, DataProblems problems)
    {
        try
        {
            Parser parser = new(new StringReader(text.TrimStart('\uFEFF')));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                problems.Add(new SourcePosition(path, 1, 1), "The file is empty.", "Write schemaVersion: 2.0.0 and tests.");
                return null;
            }

            parser.Consume<DocumentStart>();
            int nodes = 0;
            DataNode node = Node(parser, path, "", 0, ref nodes, problems);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
            {
                problems.Add(At(path, parser.Current!.Start), "The file has a second document.", "Write each into a file of its own.");
            }

            return node;
        }
        catch (YamlException e)
        {
            problems.Add(At(path, e.Start), $"This is no YAML: {SafeText.Of(e.Message)}", "Check the indentation and quotes before this place.");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // The library's scanner gives up on some broken files in other ways.
            problems.Add(new SourcePosition(path, 1, 1), $"This is no YAML: {SafeText.Of(e.Message)}", "Check the indentation and quotes.");
            return null;
        }
    }

    private static DataNode Node(Parser parser, string path, string key, int depth, ref int nodes, DataProblems problems)
    {
        Mark mark = parser.Current!.Start;
        SourcePosition position = At(path, mark);
        if (depth > MaximumDepth || ++nodes > MaximumNodes)
        {
            throw new YamlException(mark, parser.Current.End, "it is nested deeper, or has more values, than any such file needs");
        }

        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            return Value(position, key, scalar!, problems);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            List<DataNode> items = [];
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(parser, path, key, depth + 1, ref nodes, problems));
            }

            return new DataList(position, items);
        }

        if (parser.TryConsume<MappingStart>(out _))
        {
            List<DataEntry> entries = [];
            HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                Mark at = parser.Current!.Start;
                if (!parser.TryConsume<Scalar>(out Scalar? name))
                {
                    throw new YamlException(at, parser.Current.End, "a key must be a word");
                }

                DataNode value = Node(parser, path, name!.Value, depth + 1, ref nodes, problems);
                if (!seen.Add(name.Value))
                {
                    problems.Add(At(path, at), $"The key '{SafeText.Of(name.Value)}' is here twice.", "Keep one of them.");
                    continue;
                }

                entries.Add(new DataEntry(name.Value, At(path, at), value));
            }

            return new DataTable(position, entries);
        }

        throw new YamlException(mark, parser.Current.End, "anchors and aliases are not read");
    }

    // A plain scalar is what its key wants: 8080 is a text among ports and a number as an exit code.
    private static DataScalar Value(SourcePosition position, string key, Scalar scalar, DataProblems problems)
    {
        string text = scalar.Value;
        bool isPlain = scalar.Style is ScalarStyle.Plain;
        if (isPlain && text is "" or "~" or "null")
        {
            return new DataScalar(position, null, text);
        }

        if (Numbers.Contains(key) && isPlain && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return new DataScalar(position, number, text);
        }

        if (Switches.Contains(key) && isPlain)
        {
            if (text.ToLowerInvariant() is "true" or "yes" or "on" or "false" or "no" or "off")
            {
                return new DataScalar(position, text.ToLowerInvariant() is "true" or "yes" or "on", text);
            }

            problems.Add(position, $"'{key}' must be true or false, but is '{SafeText.Of(text)}'.", "Write true or false.");
        }

        return new DataScalar(position, text, text);
    }

    private static SourcePosition At(string path, Mark mark) => new(path, (int)mark.Line, (int)mark.Column);

    private sealed class Reading(DataProblems problems)
    {
        private bool _isOld;

        public StructureTestFile File(string path, Digest digest, DataNode? root)
        {
            TableReader table = TableReader.Open(root, "the file of structure tests", Files, problems);
            if (table.RequiredText("schemaVersion", "Write schemaVersion: 2.0.0.") is { } version)
            {
                _isOld = version.TrimStart('v') == "1.0.0";
                if (!_isOld && version.TrimStart('v') != "2.0.0")
                {
                    table.Fail("schemaVersion", $"The schema version '{SafeText.Of(version)}' is not known.", "Write 2.0.0, or 1.0.0 for a file of that time.");
                }
            }

            List<StructureTest> tests = [];
            if (table.Table("metadataTest", "the metadata test", Metadata) is { } metadata && table.Has("metadataTest"))
            {
                tests.Add(MetadataOf(metadata));
            }

            tests.AddRange(table.Tables("fileExistenceTests", "a file existence test", Existences).Select(Existence));
            tests.AddRange(table.Tables("fileContentTests", "a file content test", Contents).Select(Content));
            tests.AddRange(table.Tables("licenseTests", "a license test", Licences).Select(Licence));
            tests.AddRange(table.Tables("commandTests", "a command test", Commands).Select(Command));
            TableReader? options = table.Has("containerRunOptions") ? table.Table("containerRunOptions", "the container's options", Options) : null;
            string[] refused = options is null ? [] :
            [
                .. options.Boolean("privileged") is true ? ["privileged"] : Array.Empty<string>(),
                .. options.Boolean("allocateTty") is true ? ["allocateTty"] : Array.Empty<string>(),
                .. options.Texts("bindMounts").Count > 0 ? ["bindMounts"] : Array.Empty<string>(),
            ];
            return new StructureTestFile
            {
                Path = path,
                Digest = digest,
                GlobalEnv = Named(table, "globalEnvVars", "a variable"),
                Tests = tests,
                User = options?.Text("user") ?? "",
                HostVariables = options?.Texts("envVars") ?? [],
                EnvFile = options?.Texts("envFile") is [{ Value: string { Length: > 0 } } file] ? file : null,
                Capabilities = options is null ? [] : [.. Words(options, "capabilities").Select(name => name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name)],
                Refused = string.Join(", ", refused),
            };
        }

        private MetadataTest MetadataOf(TableReader table) => new()
        {
            Name = "metadata",
            Position = table.Position,
            Env = Named(table, "envVars", "a variable"),
            UnboundEnv = [.. Named(table, "unboundEnvVars", "a variable").Select(value => value.Key)],
            Labels = Named(table, "labels", "a label"),
            ExposedPorts = Words(table, "exposedPorts"),
            UnexposedPorts = Words(table, "unexposedPorts"),
            Volumes = Words(table, "volumes"),
            UnmountedVolumes = Words(table, "unmountedVolumes"),
            Entrypoint = table.Has("entrypoint") ? Words(table, "entrypoint") : null,
            Cmd = table.Has("cmd") ? Words(table, "cmd") : null,
            WorkingDir = table.Text("workdir") ?? "",
            User = table.Text("user") ?? "",
        };

        private FileExistenceTest Existence(TableReader table)
        {
            string by = table.Text("isExecutableBy") ?? "";
            if (by is not ("" or "any" or "owner" or "group" or "other"))
            {
                table.Fail("isExecutableBy", $"'{SafeText.Of(by)}' is nobody who could execute a file.", "Write any, owner, group or other.");
            }

            return new FileExistenceTest
            {
                Name = Name(table),
                Position = table.Position,
                Path = table.RequiredText("path", "Name the file.") ?? "",
                ShouldExist = table.Boolean("shouldExist") ?? true,
                Permissions = table.Text("permissions") ?? "",
                Uid = table.Integer("uid", -1, uint.MaxValue) is >= 0 and var uid ? uid : null,
                Gid = table.Integer("gid", -1, uint.MaxValue) is >= 0 and var gid ? gid : null,
                ExecutableBy = by,
            };
        }

        private FileContentTest Content(TableReader table) => new()
        {
            Name = Name(table),
            Position = table.Position,
            Path = table.RequiredText("path", "Name the file.") ?? "",
            Expected = Patterns(table, "expectedContents"),
            Excluded = Patterns(table, "excludedContents"),
        };

        private static LicenceTest Licence(TableReader table) => new()
        {
            Name = "licence",
            Position = table.Position,
            IsDebian = table.Boolean("debian") ?? false,
            Files = Words(table, "files"),
        };

        private CommandTest Command(TableReader table)
        {
            IReadOnlyList<string> command = _isOld ? Words(table, "command") : [.. table.RequiredText("command", "Name the program.") is { } program ? [program] : Array.Empty<string>(), .. Words(table, "args")];
            if (_isOld && command.Count == 0)
            {
                table.Fail("command", "A command test needs a command.", "Write command: [program, argument].");
            }

            return new CommandTest
            {
                Name = Name(table),
                Position = table.Position,
                Command = command,
                Setup = Lists(table, "setup"),
                Teardown = Lists(table, "teardown"),
                Env = [.. Named(table, "envVars", "a variable").Select(value => $"{value.Key}={value.Value}")],
                ExitCode = table.Integer("exitCode", 0, 255) ?? 0,
                ExpectedOutput = Patterns(table, "expectedOutput"),
                ExcludedOutput = Patterns(table, "excludedOutput"),
                ExpectedError = Patterns(table, "expectedError"),
                ExcludedError = Patterns(table, "excludedError"),
            };
        }

        private static string Name(TableReader table) => table.RequiredText("name", "Give the test a name.") ?? "";

        private static string[] Words(TableReader table, string key) => [.. table.Texts(key).Select(scalar => (string)scalar.Value!)];

        private IReadOnlyList<NamedValue> Named(TableReader table, string key, string what) => [.. table.Tables(key, what, Values).Select(entry =>
        {
            string name = entry.RequiredText("key", "Give it a key.") ?? "", value = entry.Text("value") ?? "";
            return new NamedValue(name, value, entry.Boolean("isRegex") is true ? Pattern(value, entry.PositionOf("value")) : null);
        })];

        private GoPattern[] Patterns(TableReader table, string key) => [.. table.Texts(key).Select(scalar => Pattern((string)scalar.Value!, scalar.Position)).OfType<GoPattern>()];

        private GoPattern? Pattern(string text, SourcePosition position)
        {
            GoPattern? pattern = GoPattern.TryParse(text, out string problem);
            if (pattern is null)
            {
                problems.Add(position, $"The pattern '{SafeText.Of(text)}' is not read: {SafeText.Of(problem)}", "Write it in RE2's syntax, without \\Q, \\C and the flag U.");
            }

            return pattern;
        }

        private List<IReadOnlyList<string>> Lists(TableReader table, string key)
        {
            List<IReadOnlyList<string>> lists = [];
            switch (table.Node(key))
            {
                case null:
                    break;
                case DataList { Items: var items } when items.All(item => item is DataList { Items.Count: > 0 } list && list.Items.All(word => word is DataScalar { Value: string })):
                    lists.AddRange(items.Select(item => ((DataList)item).Items.Select(word => (string)((DataScalar)word).Value!).ToArray()));
                    break;
                default:
                    table.Fail(key, $"'{key}' must be a list of commands, each a list of its words, none empty.", $"Write {key}: [[program, argument]].");
                    break;
            }

            return lists;
        }
    }
}
