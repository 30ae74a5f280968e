using System.Net;
using System.Net.Sockets;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>A timestamp authority of the tests: openssl stamps by this machine's clock, and HTTP on loopback brings it to clients (RFC 3161, section 3.4).</summary>
internal sealed class TestStamps : IDisposable
{
    private readonly TempFolder _folder = new("stamps");
    private readonly string _openssl = Tools.Require("openssl");
    private readonly string[] _reply;
    private readonly HttpListener _listener = new();

    public TestStamps(TestAuthority signer)
    {
        string config = Write("tsa.cnf", $"""
            [tsa]
            default_tsa = one
            [one]
            serial = {Write("serial", "01\n")}
            signer_digest = sha256
            default_policy = 1.2.3.4
            digests = sha256, sha384, sha512
            accuracy = secs:1
            ess_cert_id_chain = no
            ess_cert_id_alg = sha256
            """);
        _reply =
        [
            "ts", "-reply", "-config", config, "-signer", Write("tsa.pem", signer.Certificate.ExportCertificatePem()), "-inkey", Write("tsa.key", signer.KeyPem), "-chain", Write("tsa-chain.pem", signer.Issuer!.ChainPem),
        ];
    }

    /// <summary>A certificate to stamp with, valid for years around now.</summary>
    public static TestAuthority Signer(TestAuthority root) => root.Leaf("C=XX, O=Example, CN=Time", change: c => { Long(c); (c.Purposes, c.IsPurposeCritical) = (["1.3.6.1.5.5.7.3.8"], true); });

    /// <summary>Makes a certificate valid for years around now, for programs that look at this machine's clock.</summary>
    public static void Long(TestCertificate certificate) => (certificate.NotBefore, certificate.NotAfter) = (DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(5));

    /// <summary>A token for data.</summary>
    public byte[] Stamp(byte[] data)
    {
        string query = _folder.Combine("query"), token = _folder.Combine("token"), path = _folder.Combine("data");
        File.WriteAllBytes(path, data);
        Tools.RunAsync(_openssl, ["ts", "-query", "-data", path, "-sha256", "-cert", "-no_nonce", "-out", query]).GetAwaiter().GetResult();
        Tools.RunAsync(_openssl, [.. _reply, "-queryfile", query, "-token_out", "-out", token]).GetAwaiter().GetResult();
        return File.ReadAllBytes(token);
    }

    /// <summary>The answer to a query.</summary>
    public async Task<byte[]> ReplyAsync(byte[] query)
    {
        string asked = _folder.Combine("asked"), answer = _folder.Combine("answer");
        await File.WriteAllBytesAsync(asked, query);
        await Tools.RunAsync(_openssl, [.. _reply, "-queryfile", asked, "-out", answer]);
        return await File.ReadAllBytesAsync(answer);
    }

    /// <summary>Answers on loopback until this is disposed; gives the address.</summary>
    public string Listen()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        string address = $"http://127.0.0.1:{port}/";
        _listener.Prefixes.Add(address);
        _listener.Start();
        _ = Task.Run(AnswerAsync);
        return address;
    }

    public void Dispose()
    {
        _listener.Close();
        _folder.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using MemoryStream query = new();
                await context.Request.InputStream.CopyToAsync(query);
                context.Response.ContentType = "application/timestamp-reply";
                await context.Response.OutputStream.WriteAsync(await ReplyAsync(query.ToArray()));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.Combine(name), text);
        return _folder.Combine(name);
    }
}
