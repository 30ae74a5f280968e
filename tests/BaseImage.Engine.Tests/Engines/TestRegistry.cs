using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>How a registry of the tests is to be met: with none of these, plainly and without asking who one is.</summary>
internal sealed record RegistrySetup
{
    /// <summary>Files of a certificate and its key.</summary>
    public (string Certificate, string Key)? Tls { get; init; }

    /// <summary>With TLS: the file of the authority that signs those who are let in, and a certificate that is, to see it start by.</summary>
    public (string Authority, X509Certificate2 Shown)? Client { get; init; }

    /// <summary>A file of names and passwords in bcrypt.</summary>
    public string? Passwords { get; init; }

    /// <summary>A token server's address, its name for the registry, its own name, and the file of certificates that sign tokens.</summary>
    public (string Realm, string Service, string Issuer, string Certificates)? Tokens { get; init; }
}

/// <summary>A real docker-registry on loopback with a folder of its own.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly TempFolder _folder = new("registry");
    private readonly Process _process;

    private TestRegistry(int port, RegistrySetup setup)
    {
        Address = $"127.0.0.1:{port}";
        string config = _folder.Combine("config.yml");
        File.WriteAllText(config, $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {_folder.Combine("data")}\nhttp:\n  addr: {Address}\n"
            + (setup.Tls is { } tls ? $"  tls:\n    certificate: {tls.Certificate}\n    key: {tls.Key}\n" : "")
            + (setup.Client is { } client ? $"    clientcas: [{client.Authority}]\n" : "")
            + (setup.Passwords is { } passwords ? $"auth:\n  htpasswd:\n    realm: tests\n    path: {passwords}\n" : "")
            + (setup.Tokens is { } tokens ? $"auth:\n  token:\n    realm: {tokens.Realm}\n    service: {tokens.Service}\n    issuer: {tokens.Issuer}\n    rootcertbundle: {tokens.Certificates}\n" : ""));
        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Host and port, as names of images have them.</summary>
    internal string Address { get; }

    /// <summary>The port.</summary>
    internal int Port => int.Parse(Address[(Address.IndexOf(':', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Where it keeps a blob, by its SHA-256.</summary>
    internal string BlobPath(string hex) => _folder.Combine("data", "docker", "registry", "v2", "blobs", "sha256", hex[..2], hex, "data");

    /// <summary>Starts one; a skip where it is not installed.</summary>
    internal static async Task<TestRegistry> StartAsync(RegistrySetup? setup = null)
    {
        Tools.Require("docker-registry");
        TestRegistry registry = new(LoopbackServer.FreePort(), setup ?? new RegistrySetup());
        HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        if (setup?.Client is { } client)
        {
            handler.ClientCertificates.Add(client.Shown);
        }

        if (await LoopbackServer.AnswersAsync($"{(setup?.Tls is null ? "http" : "https")}://{registry.Address}/v2/", handler))
        {
            return registry;
        }

        await registry.DisposeAsync();
        throw new InvalidOperationException("docker-registry did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
