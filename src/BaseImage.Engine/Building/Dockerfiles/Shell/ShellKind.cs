namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>Which language a RUN speaks.</summary>
internal enum ShellKind
{
    /// <summary>A POSIX shell, the default.</summary>
    Posix,

    /// <summary>PowerShell.</summary>
    PowerShell,

    /// <summary>cmd.exe.</summary>
    Cmd,

    /// <summary>Something else, as Python, which no rule reads.</summary>
    Other,
}
