using BaseImage.Terminal;

// The engine would report its start to its makers; that is not this program's to do, and costs a tenth of a second.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

Options? options = Options.Parse(args, Console.Error);
if (options is null)
{
    return 64;
}

switch (options.Action)
{
    case OptionsAction.Help:
        Console.Out.WriteLine(Options.HelpText);
        return 0;
    case OptionsAction.Version:
        Console.Out.WriteLine($"baseimage {typeof(Options).Assembly.GetName().Version!.ToString(3)}");
        return 0;
}

using Session session = new(options);
return session.Run();
