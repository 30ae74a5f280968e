namespace BaseImage;

/// <summary>
/// What an attacker finds in an image and platform, in numbers. A number is null where it was not looked at: the files of
/// Windows images are not.
/// </summary>
public sealed record AttackSurface
{
    /// <summary>The image, pinned by digest.</summary>
    public required string Image { get; init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The manifest's digest, or the ImageId where an engine knows no digest.</summary>
    public Digest Digest { get; init; }

    /// <summary>Bytes of the files that a container sees, each file once.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes of files that a layer has and a later one hides: pulled, and of no use.</summary>
    public long? HiddenSize { get; init; }

    /// <summary>Regular files, each name of a hard link counted.</summary>
    public int? Files { get; init; }

    /// <summary>Packages that a package database lists; null also where there is a database that this version does not read.</summary>
    public int? Packages { get; init; }

    /// <summary>ELF programs and scripts that somebody may execute; libraries are not among them.</summary>
    public int? Executables { get; init; }

    /// <summary>Programs that take their owner's or group's identity.</summary>
    public int? SetIdFiles => SetIdPaths?.Count;

    /// <summary>Files with capabilities.</summary>
    public int? CapabilityFiles => CapabilityPaths?.Count;

    /// <summary>Shells, by name and by what programs say of themselves.</summary>
    public int? Shells => ShellPaths?.Count;

    /// <summary>Interpreters of scripts beside shells.</summary>
    public int? Interpreters => InterpreterPaths?.Count;

    /// <summary>Libraries that no program of the image needs.</summary>
    public int? UnusedLibraries => UnusedLibraryPaths?.Count;

    /// <summary>Files and directories that everybody may write to, sticky directories aside.</summary>
    public int? WorldWritable => WorldWritablePaths?.Count;

    /// <summary>Accounts whose login shell is in the image, or is the default one.</summary>
    public int? LoginAccounts => LoginAccountNames?.Count;

    /// <summary>Ports that the configuration exposes.</summary>
    public int ExposedPorts => Ports.Count;

    /// <summary>The ports, as <c>443/tcp</c>.</summary>
    public IReadOnlyList<string> Ports { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The user that a container runs as; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>The set-id programs.</summary>
    public IReadOnlyList<string>? SetIdPaths { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The files with capabilities.</summary>
    public IReadOnlyList<string>? CapabilityPaths { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The shells.</summary>
    public IReadOnlyList<string>? ShellPaths { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The interpreters.</summary>
    public IReadOnlyList<string>? InterpreterPaths { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The libraries that no program needs.</summary>
    public IReadOnlyList<string>? UnusedLibraryPaths { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>What everybody may write to.</summary>
    public IReadOnlyList<string>? WorldWritablePaths { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The accounts with a shell.</summary>
    public IReadOnlyList<string>? LoginAccountNames { get; init => field = value is null ? null : TextList.Of<string>(value); }
}
