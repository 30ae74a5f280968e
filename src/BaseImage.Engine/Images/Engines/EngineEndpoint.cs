namespace BaseImage.Engine.Images.Engines;

/// <summary>How the engine is reached.</summary>
internal enum EngineEndpointKind
{
    /// <summary>A Unix domain socket.</summary>
    UnixSocket,

    /// <summary>A Windows named pipe.</summary>
    NamedPipe,

    /// <summary>TCP, with or without TLS.</summary>
    Tcp,
}

/// <summary>Where an engine is and who said so.</summary>
internal sealed record EngineEndpoint
{
    /// <summary>How it is reached.</summary>
    internal required EngineEndpointKind Kind { get; init; }

    /// <summary>The address as DOCKER_HOST has it, for people.</summary>
    internal required string Host { get; init; }

    /// <summary>What named it: <c>DOCKER_HOST</c>, <c>the Docker context 'x'</c>, <c>the default socket</c>.</summary>
    internal required string Origin { get; init; }

    /// <summary>The socket's path, or the pipe's name; empty for TCP.</summary>
    internal string Path { get; init; } = "";

    /// <summary>The machine of a pipe (<c>.</c> for this one) or of TCP.</summary>
    internal string Machine { get; init; } = "";

    /// <summary>The port of TCP.</summary>
    internal int Port { get; init; }

    /// <summary>TLS; null for none.</summary>
    internal EngineTls? Tls { get; init; }

    /// <summary>True where somebody named this engine; false where it was found at a usual place.</summary>
    internal bool IsConfigured { get; init; } = true;
}

/// <summary>The files and the strictness of TLS with an engine.</summary>
/// <param name="CaPath">The certificates that may have signed the engine's; null for the system's.</param>
/// <param name="CertificatePath">The client's certificate; null for none.</param>
/// <param name="KeyPath">Its key.</param>
/// <param name="Verify">False where the engine's certificate is not checked (Docker's <c>SkipTLSVerify</c>, DOCKER_TLS without DOCKER_TLS_VERIFY).</param>
internal sealed record EngineTls(string? CaPath, string? CertificatePath, string? KeyPath, bool Verify)
{
    /// <summary>The files that Docker names alike everywhere, where they are there.</summary>
    internal static EngineTls FromFolder(string folder, bool verify)
        => new(Existing(folder, "ca.pem"), Existing(folder, "cert.pem"), Existing(folder, "key.pem"), verify);

    private static string? Existing(string folder, string name)
    {
        string path = System.IO.Path.Combine(folder, name);
        return File.Exists(path) ? path : null;
    }
}
