using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace BaseImage.Terminal;

/// <summary>A runspace with the module imported, and the ways to run something in it.</summary>
internal sealed class Session : IDisposable
{
    private const int Interrupted = 130;
    private const string LastSucceeded = "__BaseImageLastSucceeded";
    private readonly Options _options;
    private readonly TerminalHost _host;
    private readonly Runspace _runspace;
    private volatile PowerShell? _running;
    private volatile bool _interrupted;

    internal Session(Options options)
    {
        _options = options;
        _host = new TerminalHost(new TerminalInterface());
        InitialSessionState state = InitialSessionState.CreateDefault2();
        AbsentCommands.AddTo(state);
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
        MissingCommands.Explain(_runspace);
        Console.CancelKeyPress += OnCancel;
    }

    /// <summary>Does what the command line says and gives the exit code.</summary>
    internal int Run()
    {
        string? manifest = FindManifest();
        if (manifest is null)
        {
            Console.Error.WriteLine($"BaseImage.psd1 was found neither beside this program ({AppContext.BaseDirectory}) nor above it.");
            return 1;
        }

        if (!Invoke(shell => shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", "Stop")))
        {
            return 1;
        }

        return _options.Action switch
        {
            OptionsAction.File => RunFile(),
            OptionsAction.Command => RunText(_options.Text),
            OptionsAction.StandardInput => RunText(Console.In.ReadToEnd()),
            _ => RunPrompt(),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        _runspace.Dispose();
    }

    private int RunFile()
    {
        string path = Path.GetFullPath(_options.Text);
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"The script '{_options.Text}' does not exist.");
            return 64;
        }

        RethrowExit();
        bool done = Invoke(shell =>
        {
            shell.Commands.AddCommand(new Command(path, isScript: false, useLocalScope: false));
            foreach (CommandParameter parameter in ScriptArguments.Read(_options.Arguments))
            {
                shell.Commands.Commands[0].Parameters.Add(parameter);
            }
        });
        return ExitCode(done);
    }

    private int RunText(string text)
    {
        // pwsh -Command ends with 1 when its last command failed; what ran last is known only inside the script's own scope.
        bool done = Invoke(shell => shell.AddScript(text + $"\n$global:{LastSucceeded} = $?", useLocalScope: false));
        return ExitCode(done && _runspace.SessionStateProxy.GetVariable(LastSucceeded) is not false);
    }

    // Tells the engine, as pwsh does, that 'exit' in the script it runs next is meant for the program. The engine has no
    // public way to say so; its version is pinned, and a test asks for the exit code.
    private void RethrowExit()
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        object? context = typeof(Runspace).GetProperty("ExecutionContext", any)?.GetValue(_runspace);
        context?.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", any)?.SetValue(context, true);
    }

    private int RunPrompt()
    {
        Console.Out.WriteLine($"BaseImage {typeof(Session).Assembly.GetName().Version!.ToString(3)} on the PowerShell engine. 'exit' leaves; Get-Command -Module BaseImage lists the cmdlets.");
        while (_host.ExitCode is null)
        {
            Console.Out.Write($"BI {_runspace.SessionStateProxy.Path.CurrentLocation.Path}> ");
            string? line = ReadStatement();
            if (line is null)
            {
                break;
            }

            _interrupted = false;
            if (line.Trim().Length > 0)
            {
                Invoke(shell => shell.AddScript(line, useLocalScope: false));
            }
        }

        return _host.ExitCode ?? 0;
    }

    private static string? ReadStatement()
    {
        string? text = Console.In.ReadLine();
        while (text is not null)
        {
            Parser.ParseInput(text, out _, out ParseError[] errors);
            if (!errors.Any(error => error.IncompleteInput))
            {
                return text;
            }

            Console.Out.Write(">> ");
            string? more = Console.In.ReadLine();
            if (more is null or "")
            {
                return text;
            }

            text += "\n" + more;
        }

        return null;
    }

    private bool Invoke(Action<PowerShell> fill)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        fill(shell);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        _running = shell;
        try
        {
            shell.Invoke();
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException exception)
        {
            Print(exception.ErrorRecord);
            return false;
        }
        finally
        {
            _running = null;
        }
    }

    private void Print(ErrorRecord record)
    {
        // PowerShell's own host marks the object so that formatting sends it to standard error; the mark is internal.
        PSObject error = PSObject.AsPSObject(record);
        if (typeof(PSObject).GetProperty("WriteStream", BindingFlags.Instance | BindingFlags.NonPublic) is { } mark)
        {
            mark.SetValue(error, Enum.Parse(mark.PropertyType, "Error"));
        }

        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddCommand("Out-Default").Invoke(new[] { error });
    }

    private int ExitCode(bool succeeded) => _interrupted ? Interrupted : _host.ExitCode ?? (succeeded ? 0 : 1);

    private void OnCancel(object? sender, ConsoleCancelEventArgs arguments)
    {
        PowerShell? shell = _running;
        if (shell is not null)
        {
            // The pipeline is stopped and cleans up after itself; the program ends when it has.
            arguments.Cancel = true;
            _interrupted = true;
            shell.BeginStop(null, null);
        }
    }

    private static string? FindManifest()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string manifest = Path.Combine(folder.FullName, "BaseImage.psd1");
            if (File.Exists(manifest))
            {
                return manifest;
            }
        }

        return null;
    }
}
