using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// Asks a program that keeps credentials: the server's name on its standard input, a JSON object on its standard output.
/// Source: docker-credential-helpers, "Development": the command <c>get</c>.
/// </summary>
internal static class CredentialHelper
{
    private const int MaxOutput = 64 << 10;

    // What helpers say of a registry that they know nothing of.
    private const string Nothing = "credentials not found";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What a helper keeps for a server; null for nothing.</summary>
    /// <param name="name">The helper's name behind <c>docker-credential-</c>.</param>
    /// <param name="server">The server, as Docker names it.</param>
    /// <param name="cancellationToken">Stops it, and the program.</param>
    internal static Task<RegistryCredential?> GetAsync(string name, string server, CancellationToken cancellationToken) => AskAsync("docker-credential-" + name, server, cancellationToken);

    /// <summary>What a program keeps for a server; null for nothing.</summary>
    internal static async Task<RegistryCredential?> AskAsync(string program, string server, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, ["get"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                CreateNoWindow = true,
            }) ?? throw new CredentialHelperException(program, server, "it did not start");
            try
            {
                Task<string> output = ReadAsync(process.StandardOutput, limit.Token);
                Task<string> error = ReadAsync(process.StandardError, limit.Token);
                await WriteAsync(process, server, limit.Token).ConfigureAwait(false);
                string said = await output.ConfigureAwait(false);
                await error.ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? Read(program, server, said)
                    : said.Contains(Nothing, StringComparison.OrdinalIgnoreCase) ? null
                    : throw new CredentialHelperException(program, server, $"it ended with {process.ExitCode}");
            }
            finally
            {
                End(process);
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            throw new CredentialHelperException(program, server, "it cannot be run", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CredentialHelperException(program, server, $"it did not answer within {Patience.TotalSeconds:0} seconds", e);
        }
    }

    /// <summary>Reads a helper's answer; null where it holds nothing.</summary>
    internal static RegistryCredential? Read(string program, string server, string answer)
    {
        JObject root;
        try
        {
            root = StrictJson.ParseObject(Encoding.UTF8.GetBytes(answer), program);
        }
        catch (JsonInvalidException)
        {
            // Its text may hold what it keeps, and so is not shown.
            throw new CredentialHelperException(program, server, "its answer is no JSON object");
        }

        string user = root["Username"] is JValue { Value: string name } ? name : "", secret = root["Secret"] is JValue { Value: string kept } ? kept : "";
        return secret.Length == 0 ? null
            : user is "" or "<token>" ? new RegistryCredential("", "") { IdentityToken = secret }
            : new RegistryCredential(user, secret);
    }

    private static async Task WriteAsync(Process process, string server, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync((server + "\n").AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not wait for the question; what it says decides.
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        char[] buffer = new char[MaxOutput];
        int count = await reader.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        return new string(buffer, 0, count);
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself meanwhile.
        }
    }
}
