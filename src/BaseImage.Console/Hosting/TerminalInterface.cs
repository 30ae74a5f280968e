using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Terminal;

/// <summary>
/// Text in and out: results to standard output; errors, warnings and everything else that is not a result to standard
/// error, so that a pipe of the shell gets results alone.
/// </summary>
internal sealed partial class TerminalInterface : PSHostUserInterface
{
    private readonly TerminalScreen _screen = new();
    private readonly Stack<StringBuilder> _captures = new();
    private readonly ProgressLine _progress = new();

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI => _screen;

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected && _captures.Count == 0;

    /// <summary>Keeps what is written, until <see cref="EndCapture"/>, instead of printing it.</summary>
    internal void BeginCapture() => _captures.Push(new StringBuilder());

    /// <summary>What was written since <see cref="BeginCapture"/>.</summary>
    internal string EndCapture() => _captures.Pop().ToString();

    /// <inheritdoc/>
    public override void Write(string value)
    {
        if (_captures.TryPeek(out StringBuilder? capture))
        {
            capture.Append(Plain(value));
            return;
        }

        _progress.Clear();
        Console.Out.Write(Console.IsOutputRedirected ? Plain(value) : value);
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        if (!SupportsVirtualTerminal || foregroundColor == _screen.ForegroundColor)
        {
            Write(value);
            return;
        }

        ConsoleColor before = Console.ForegroundColor;
        Console.ForegroundColor = foregroundColor;
        Write(value);
        Console.ForegroundColor = before;
    }

    /// <inheritdoc/>
    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => WriteAside(value);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => WriteAside("DEBUG: " + message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => WriteAside("VERBOSE: " + message);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => WriteAside("WARNING: " + message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    /// <inheritdoc/>
    public override string ReadLine()
    {
        _progress.Clear();
        return Console.In.ReadLine() ?? "";
    }

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        SecureString secret = new();
        if (Console.IsInputRedirected)
        {
            foreach (char c in ReadLine())
            {
                secret.AppendChar(c);
            }

            return secret;
        }

        for (ConsoleKeyInfo key = Console.ReadKey(true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(true))
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
            }
            else if (key.Key != ConsoleKey.Backspace)
            {
                secret.AppendChar(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return secret;
    }

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RefuseWithoutTerminal("a value for " + string.Join(", ", descriptions.Select(field => field.Name)));
        WriteAside(caption);
        Dictionary<string, PSObject> answers = new(StringComparer.OrdinalIgnoreCase);
        foreach (FieldDescription field in descriptions)
        {
            Console.Error.Write(field.Name + ": ");
            bool secret = field.ParameterTypeName.Equals(nameof(SecureString), StringComparison.OrdinalIgnoreCase);
            answers[field.Name] = PSObject.AsPSObject(secret ? ReadLineAsSecureString() : ReadLine());
        }

        return answers;
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RefuseWithoutTerminal("a choice: " + message);
        WriteAside(caption);
        WriteAside(message);
        while (true)
        {
            Console.Error.Write(string.Join("  ", choices.Select((choice, i) => $"[{Key(choice)}] {choice.Label.Replace("&", "", StringComparison.Ordinal)}{(i == defaultChoice ? " (default)" : "")}")) + ": ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            for (int i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(choices[i].Label.Replace("&", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
        => PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        RefuseWithoutTerminal("a credential for " + targetName);
        WriteAside(message);
        string user = userName;
        if (string.IsNullOrEmpty(user))
        {
            Console.Error.Write("User: ");
            user = ReadLine();
        }

        Console.Error.Write($"Password for {user}: ");
        return new PSCredential(user, ReadLineAsSecureString());
    }

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    // An answer that nobody can give would hang a CI job until its time limit.
    private static void RefuseWithoutTerminal(string what)
    {
        if (Console.IsInputRedirected)
        {
            throw new PSInvalidOperationException($"The script asks for {what}, and there is no terminal to answer at. Give every mandatory parameter, and -Confirm:$false where a question is meant to be answered with yes.");
        }
    }

    private void WriteAside(string value)
    {
        _progress.Clear();
        Console.Error.WriteLine(Console.IsErrorRedirected ? Plain(value) : value);
    }

    private static string Plain(string value) => value.Contains('\e', StringComparison.Ordinal) ? Colours().Replace(value, "") : value;

    [GeneratedRegex("\e\\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colours();
}
