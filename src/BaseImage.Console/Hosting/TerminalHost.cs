using System.Globalization;
using System.Management.Automation.Host;

namespace BaseImage.Terminal;

/// <summary>What the PowerShell engine sees of this program.</summary>
internal sealed class TerminalHost(TerminalInterface ui) : PSHost
{
    /// <summary>The exit code that a script asked for; null while none has.</summary>
    internal int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public override string Name => "BaseImage";

    /// <inheritdoc/>
    public override Version Version => typeof(TerminalHost).Assembly.GetName().Version!;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI => ui;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("This program has no nested prompt.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException("This program has no nested prompt.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
