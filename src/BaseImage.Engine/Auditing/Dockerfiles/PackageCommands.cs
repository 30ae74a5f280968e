using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>What package managers are told: which packages a command installs, and whether their versions are fixed.</summary>
internal static class PackageCommands
{
    private static readonly string[] PipValues =
        ["abi", "b", "build", "e", "editable", "extra-index-url", "f", "find-links", "i", "index-url", "implementation", "no-binary", "only-binary", "platform", "prefix", "progress-bar", "proxy", "python", "python-version", "root", "root-user-action", "src", "t", "target", "trusted-host", "upgrade-strategy", "timeout", "retries", "cache-dir", "config-settings", "no-build-isolation-package", "report", "cert", "client-cert", "log"];

    private static readonly string[] PipSymbols = ["==", ">=", "<=", ">", "<", "!=", "~=", "==="];
    private static readonly string[] VersionControl = ["git+", "git:", "git@", "hg+", "svn+", "bzr+", "svn:"];

    /// <summary>The packages that apt-get (or apt, aptitude) install names.</summary>
    public static IEnumerable<ShellWord> Apt(ShellCommand command, params string[] programs)
        => programs.Contains(command.Name, StringComparer.Ordinal) && command.Has("install") ? Behind(command.Without("t", "target-release", "o", "option", "c", "config-file", "default-release"), "install") : [];

    /// <summary>The packages that apk add names.</summary>
    public static IEnumerable<ShellWord> Apk(ShellCommand command)
        => command.Is("apk", "add") ? Behind(command.Without("t", "virtual", "repository", "X", "p", "root", "arch", "keys-dir", "cache-dir", "repositories-file", "wait", "cache-max-age"), "add") : [];

    /// <summary>The packages that yum or dnf install names; modules too where asked for.</summary>
    public static IEnumerable<ShellWord> Rpm(ShellCommand command, bool modules, params string[] programs)
        => programs.Contains(command.Name, StringComparer.Ordinal) && command.Has("install") && !command.Has("group", "groups") && command.Has("module") == modules
            ? Behind(command.Without("c", "config", "enablerepo", "disablerepo", "repo", "repoid", "x", "exclude", "setopt", "releasever", "installroot", "disableplugin", "enableplugin", "forcearch", "comment"), "install").Where(word => word.Text != "module") : [];

    /// <summary>The packages that zypper install names.</summary>
    public static IEnumerable<ShellWord> Zypper(ShellCommand command)
        => command.Is("zypper", "install", "in") ? command.Without("r", "repo", "t", "type", "from", "root", "R").Where(word => word.Text is not ("install" or "in")) : [];

    /// <summary>True for pip install in any of its forms.</summary>
    public static bool IsPipInstall(ShellCommand command)
        => (command.Name.StartsWith("pip", StringComparison.Ordinal) && !command.Name.StartsWith("pipenv", StringComparison.Ordinal) && command.Has("install"))
            || (command.Name.StartsWith("python", StringComparison.Ordinal) && Follows(command.Arguments, "-m", "pip", "install"))
            || (command.Name == "uv" && Follows(command.Arguments, "pip", "install"));

    /// <summary>The packages that pip install names; none where it installs requirements, a constraint set or the project itself.</summary>
    public static IEnumerable<ShellWord> Pip(ShellCommand command)
        => IsPipInstall(command) && !command.Has("-r", "--requirement", ".", "-c", "--constraint") && !command.Arguments.Any(argument => argument.StartsWith("--requirement=", StringComparison.Ordinal) || argument.StartsWith("--constraint=", StringComparison.Ordinal) || (argument.StartsWith("-r", StringComparison.Ordinal) && argument.Length > 2))
            ? Behind(command.Without(PipValues), "install") : [];

    /// <summary>True for a pip requirement with a version, a revision or a file.</summary>
    public static bool IsPipFixed(string package)
    {
        bool isVersionControl = VersionControl.Any(prefix => package.StartsWith(prefix, StringComparison.Ordinal));
        return PipSymbols.Any(symbol => package.Contains(symbol, StringComparison.Ordinal))
            || (isVersionControl && package.Contains('@', StringComparison.Ordinal))
            || package.EndsWith(".whl", StringComparison.Ordinal) || package.EndsWith(".tar.gz", StringComparison.Ordinal)
            || (!isVersionControl && package.Contains('/', StringComparison.Ordinal));
    }

    /// <summary>The packages that npm install names.</summary>
    public static IEnumerable<ShellWord> Npm(ShellCommand command)
    {
        IReadOnlyList<ShellWord> operands = command.Without("loglevel", "registry", "prefix", "cache", "userconfig", "w", "workspace");
        return command.Name == "npm" && operands.Count > 0 && operands[0].Text is "install" or "i" or "add" ? operands.Skip(1) : [];
    }

    /// <summary>True for an npm package with a version, tag or commit, or from a file or folder.</summary>
    public static bool IsNpmFixed(string package)
    {
        if (package.StartsWith("git", StringComparison.Ordinal) && package.Contains("://", StringComparison.Ordinal))
        {
            return package.Contains('#', StringComparison.Ordinal);
        }

        string plain = package.StartsWith('@') ? package[(package.IndexOf('/', StringComparison.Ordinal) + 1)..] : package;
        return package.EndsWith(".tar", StringComparison.Ordinal) || package.EndsWith(".tar.gz", StringComparison.Ordinal) || package.EndsWith(".tgz", StringComparison.Ordinal)
            || package[0] is '/' or '~' || package.StartsWith("./", StringComparison.Ordinal) || package.StartsWith("../", StringComparison.Ordinal) || package == "."
            || plain.Contains('@', StringComparison.Ordinal);
    }

    /// <summary>The gems that gem install names without fixing versions for all of them.</summary>
    public static IEnumerable<ShellWord> Gems(ShellCommand command)
    {
        if (!command.Is("gem", "install", "i") || command.HasFlag("v", "version"))
        {
            yield break;
        }

        for (int i = 0; i < command.Words.Count && command.Words[i].Text != "--"; i++)
        {
            string text = command.Words[i].Text;
            if (text.StartsWith('-'))
            {
                // Switches stand alone; whatever else may take the next word.
                i += text.Contains('=', StringComparison.Ordinal) || text.StartsWith("--no-", StringComparison.Ordinal) || text is "--force" or "-f" or "-N" or "--conservative" or "--minimal-deps" or "-q" or "--quiet" or "--local" or "-l" or "--user-install" ? 0 : 1;
            }
            else if (text is not ("install" or "i"))
            {
                yield return command.Words[i];
            }
        }
    }

    /// <summary>True for <c>name-1.2.3</c> as rpm's tools take it; a name with a variable counts as fixed where a '-' stands before it.</summary>
    public static bool IsRpmFixed(string package)
    {
        string[] parts = package.Split('-');
        return package.EndsWith(".rpm", StringComparison.Ordinal) || package.Contains("://", StringComparison.Ordinal)
            || (parts.Length > 1 && (package.Contains("-$", StringComparison.Ordinal)
                || (parts.Skip(1).All(part => part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '~' or '^' or '_' or ':' or '+')) && parts.Skip(1).Any(part => part.Length > 0 && char.IsAsciiDigit(part[0])))));
    }

    /// <summary>True for a word of which only a shell knows what it says.</summary>
    public static bool IsUnknown(string word) => word.StartsWith('$');

    /// <summary>True where some arguments follow one another.</summary>
    public static bool Follows(IReadOnlyList<string> arguments, params string[] wanted)
        => Enumerable.Range(0, Math.Max(arguments.Count - wanted.Length + 1, 0)).Any(i => arguments.Skip(i).Take(wanted.Length).SequenceEqual(wanted, StringComparer.Ordinal));

    private static IEnumerable<ShellWord> Behind(IEnumerable<ShellWord> words, string verb) => words.SkipWhile(word => word.Text != verb).Skip(1).Where(word => word.Text.Length > 0);
}
