namespace BaseImage.Cmdlets.Tests.Definitions;

/// <summary>
/// Typical mistakes in a PowerShell data file: each puts other text in the place of one line of a good definition, and
/// says on which line the first error has to be and what its hint has to name.
/// </summary>
internal static class DefinitionMistakes
{
    /// <summary>A definition without mistakes.</summary>
    public const string Good = """
        @{
            SchemaVersion = 1
            Name          = 'web'
            From          = @{ Distribution = 'debian'; Suite = 'bookworm' }
            Platforms     = 'linux/amd64', 'linux/arm64'
            Packages      = @{
                'tzdata' = 'time zones'
            }
            Files         = @(@{ Path = '/etc/motd'; Content = 'hello'; Mode = '0644' })
            Accounts      = @(@{ Name = 'nonroot'; Uid = 65532 })
            Config        = @{ User = '65532:65532' }
        }
        """;

    /// <summary>Name, the line that is replaced, by what, the error's line, what its hint names.</summary>
    public static IReadOnlyList<(string Name, int Replaced, string Text, int Line, string Hint)> All { get; } =
    [
        ("UnquotedKeyWithDash", 7, "        ca-certificates = 'TLS trust roots'", 7, "'ca-certificates' ="),
        ("UnquotedKeyWithDot", 7, "        libssl3.1 = 'x'", 7, "'libssl3.1' ="),
        ("TrailingCommaInList", 5, "    Platforms     = 'linux/amd64',", 5, "trailing comma"),
        ("TrailingCommaBeforeBrace", 11, "    Config        = @{ Env = 'TZ=UTC', }", 11, "trailing comma"),
        ("TrailingCommaInArray", 9, "    Remove        = @('/usr/share/doc/**',\n    )", 9, "trailing comma"),
        ("CommaBetweenEntries", 4, "    From          = @{ Distribution = 'debian', Suite = 'bookworm' }", 4, "';' between them"),
        ("OctalModeWithoutQuotes", 9, "    Files         = @(@{ Path = '/etc/motd'; Content = 'hello'; Mode = 0644 })", 9, "in quotes: '0644'"),
        ("BareTrue", 4, "    From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = true }", 4, "$true"),
        ("QuotedTrue", 4, "    From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = 'true' }", 4, "$true"),
        ("BareWord", 3, "    Name          = web", 3, "'web'"),
        ("BarePath", 9, "    Files         = @(@{ Path = /etc/motd; Content = 'hello' })", 9, "'/etc/motd'"),
        ("BareList", 5, "    Platforms     = linux/amd64, linux/arm64", 5, "in quotes"),
        ("MisspelledKey", 6, "    Pakages       = @{", 6, "'Packages'"),
        ("KeyInWrongTable", 11, "    User          = '65532:65532'", 11, "Config = @{ User"),
        ("MissingReason", 7, "        'tzdata' = ''", 7, "'tzdata' = 'time zones'"),
        ("PackagesAsList", 6, "    Packages      = 'tzdata', 'ca-certificates'\n    Without       = @{", 6, "reason"),
        ("RelativeImagePath", 9, "    Files         = @(@{ Path = 'etc/motd'; Content = 'hello' })", 9, "'/etc/motd'"),
        ("WindowsImagePath", 9, "    Files         = @(@{ Path = '\\etc\\motd'; Content = 'hello' })", 9, "'/etc/motd'"),
        ("UserIdOutOfRange", 10, "    Accounts      = @(@{ Name = 'nonroot'; Uid = 4294967295 })", 10, "4294967294"),
        ("UserIdAsText", 10, "    Accounts      = @(@{ Name = 'nonroot'; Uid = '65532' })", 10, "without quotes"),
        ("RootAccount", 10, "    Accounts      = @(@{ Name = 'root'; Uid = 1 })", 10, "root is always there"),
        ("PlatformWithoutOs", 5, "    Platforms     = 'amd64'", 5, "'linux/amd64'"),
        ("PlatformByKernelName", 5, "    Platforms     = 'linux/x86_64'", 5, "'linux/amd64'"),
        ("SuiteAlias", 4, "    From          = @{ Distribution = 'debian'; Suite = 'stable' }", 4, "'trixie'"),
        ("SuiteMisspelled", 4, "    From          = @{ Distribution = 'debian'; Suite = 'bookwrom' }", 4, "'bookworm'"),
        ("BaseNotPinned", 4, "    From          = @{ Image = 'docker://registry.example.org/base:1' }", 4, "Get-BaseImage prints it"),
        ("BaseInAnEngine", 4, "    From          = @{ Image = 'base:1@sha256:0000000000000000000000000000000000000000000000000000000000000000' }", 4, "Get-BaseImage prints it"),
        ("BaseAtAnAbsolutePath", 4, "    From          = @{ Image = 'oci:/srv/base@sha256:0000000000000000000000000000000000000000000000000000000000000000' }", 4, "own folder"),
        ("BaseIsNoReference", 4, "    From          = @{ Image = 'docker://UPPER@sha256:0000000000000000000000000000000000000000000000000000000000000000' }", 4, "Get-BaseImage prints it"),
        ("BaseAndHalfADistribution", 4, "    From          = @{ Image = 'store:base@sha256:0000000000000000000000000000000000000000000000000000000000000000'; Suite = 'bookworm' }", 4, "Distribution"),
        ("ScriptBlockForTable", 4, "    From          = { Distribution = 'debian' }", 4, "'@{'"),
        ("ExpandableString", 3, "    Name          = \"web-$env:USER\"", 3, "single quotes"),
        ("Variable", 9, "    Policy        = $PSScriptRoot", 9, "own folder"),
        ("Cast", 10, "    Accounts      = @(@{ Name = 'nonroot'; Uid = [int]65532 })", 10, "[type]"),
        ("Concatenation", 3, "    Name          = 'we' + 'b'", 3, "Write it out"),
        ("SubExpression", 3, "    Name          = $(hostname)", 3, "value itself"),
        ("JsonArray", 5, "    Platforms     = ['linux/amd64']", 5, "@('a', 'b')"),
        ("ColonForEquals", 3, "    Name: 'web'", 3, "'='"),
        ("SlashComment", 3, "    // the name\n    Name = 'web'", 3, "'#'"),
        ("UnclosedQuote", 3, "    Name          = 'web", 3, "Close it"),
        ("ApostropheInText", 7, "        'tzdata' = 'the world's time zones'", 7, "'it''s'"),
        ("UnclosedTable", 4, "    From          = @{ Distribution = 'debian'; Suite = 'bookworm'", 4, "Close it with '}'"),
        ("UnclosedArray", 9, "    Files         = @(@{ Path = '/etc/motd'; Content = 'hello' }", 9, "Close it with ')'"),
        ("MissingCommaInList", 5, "    Platforms     = 'linux/amd64' 'linux/arm64'", 5, "comma between"),
        ("DuplicateKey", 7, "        'tzdata' = 'time zones'\n        'TZDATA' = 'again'", 8, "Keep one"),
        ("KeyWithoutValue", 2, "    SchemaVersion =", 2, "Write one after '='"),
        ("CodeBeforeTable", 1, "$name = 'web'\n@{", 1, "without a variable before it"),
        ("CodeAfterTable", 12, "}\nGet-Date", 13, "nothing after it"),
        ("OrderedTable", 1, "[ordered]@{", 1, "[ordered]"),
        ("JsonInPsd1", 1, "{", 1, "'@{'"),
        ("PackageVersionInName", 7, "        'tzdata=2026a' = 'time zones'", 7, "Version"),
        ("PackageNameInCapitals", 7, "        'TZData' = 'time zones'", 7, "'tzdata'"),
        ("VersionComparison", 7, "        'tzdata' = @{ Reason = 'time zones'; Version = '>= 2026' }", 7, "no comparisons"),
        ("VersionAsNumber", 7, "        'tzdata' = @{ Reason = 'time zones'; Version = 2026 }", 7, "'2026'"),
        ("VersionPatternBare", 7, "        'tzdata' = @{ Reason = 'time zones'; Version = 2026* }", 7, "in quotes"),
        ("NameWithTag", 3, "    Name          = 'web:1.0'", 3, "tags"),
        ("NameInCapitals", 3, "    Name          = 'Web'", 3, "'web'"),
        ("NameMissing", 3, "", 1, "Name = 'debian-static'"),
        ("SchemaVersionUnknown", 2, "    SchemaVersion = 2", 2, "Write 1"),
        ("UserAsNumber", 11, "    Config        = @{ User = 65532 }", 11, "'65532'"),
        ("EnvAsTable", 11, "    Config        = @{ Env = @{ TZ = 'UTC' } }", 11, "'TZ="),
        ("EnvWithoutValue", 11, "    Config        = @{ Env = 'TZ' }", 11, "'NAME=value'"),
        ("CommandLineInOneText", 11, "    Config        = @{ Entrypoint = '/app --port 80' }", 11, "'/app', '--port', '80'"),
        ("SignalWithoutPrefix", 11, "    Config        = @{ StopSignal = 'TERM' }", 11, "'SIGTERM'"),
        ("PortOutOfRange", 11, "    Config        = @{ ExposedPorts = 80800 }", 11, "65535"),
        ("DurationWithoutUnit", 11, "    Config        = @{ Healthcheck = @{ Test = 'CMD', '/check'; Interval = '30' } }", 11, "'30s'"),
        ("FileWithoutContent", 9, "    Files         = @(@{ Path = '/etc/motd' })", 9, "one of them"),
        ("SourceMissing", 9, "    Files         = @(@{ Path = '/etc/motd'; Source = 'files/nowhere' })", 9, "folder of the file"),
        ("AbsoluteSource", 9, "    Files         = @(@{ Path = '/etc/motd'; Source = '/home/me/motd' })", 9, "own folder"),
        ("ChecksumTooShort", 9, "    Files         = @(@{ Path = '/etc/motd'; Content = 'hello'; Sha256 = 'abc' })", 9, "64 hexadecimal"),
        ("MirrorInDefinition", 9, "    Archives      = @{ Id = 'internal'; Suites = 'x'; Keyring = 'debian-bookworm'; Url = 'https://mirror' }", 9, "setting"),
        ("ArchiveWithoutKeyring", 9, "    Archives      = @{ Id = 'internal'; Suites = 'x' }", 9, "keyring"),
        ("TrustedYes", 9, "    Archives      = @{ Id = 'internal'; Suites = 'x'; Trusted = 'yes' }", 9, "'checksums-only'"),
        ("RemoveEverything", 9, "    Remove        = '/**'", 9, "below '/'"),
        ("PolicyMissing", 9, "    Policy        = 'policy.psd1'", 9, "folder of the file"),
        ("ExtendsMissing", 9, "    Extends       = '../company.psd1'", 9, "folder of the file"),
        ("ExtendsItself", 9, "    Extends       = 'web.image.psd1'", 9, "cannot extend itself"),
        ("UnknownLayering", 9, "    Layering      = 'Many'", 9, "Single"),
        ("PackageInWithout", 9, "    Without       = @{ 'tzdata' = 'not needed' }", 9, "Take it out of one"),
        ("HereStringFooterIndented", 9, "    Files         = @(@{ Path = '/etc/motd'; Content = @'\nhello\n    '@ })", 9, "start of a line"),
        ("HexNumber", 10, "    Accounts      = @(@{ Name = 'nonroot'; Uid = 0xFFFC })", 10, "plain digits"),
    ];

    /// <summary>The definition with a mistake.</summary>
    public static string Text(string name)
    {
        (_, int replaced, string text, _, _) = All.Single(mistake => mistake.Name == name);
        string[] lines = Good.ReplaceLineEndings("\n").Split('\n');
        lines[replaced - 1] = text;
        return string.Join('\n', lines) + "\n";
    }
}
