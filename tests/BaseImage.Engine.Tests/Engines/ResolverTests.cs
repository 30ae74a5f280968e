using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>Which engine is meant: Docker's order of precedence, its contexts, and addresses that cannot be used.</summary>
public sealed class ResolverTests : IDisposable
{
    private readonly TempFolder _folder = new("contexts");
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public ResolverTests() => _environment["DOCKER_CONFIG"] = _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheOrderIsDockers()
    {
        Context("work", "unix:///run/work.sock");
        Context("home", "tcp://10.0.0.1:2375");
        Assert.Equal("unix:///usual.sock", Host(EngineAddress.Default, usualExists: true));
        File.WriteAllText(_folder.Combine("config.json"), """{"auths":{},"currentContext":"work"}""");
        Assert.Equal("unix:///run/work.sock", Host(EngineAddress.Default));
        _environment["DOCKER_CONTEXT"] = "home";
        Assert.Equal("tcp://10.0.0.1:2375", Host(EngineAddress.Default));
        _environment["DOCKER_HOST"] = "unix:///env.sock";
        Assert.Equal("unix:///env.sock", Host(EngineAddress.Default));
        Assert.Equal("unix:///run/work.sock", Host(new EngineAddress(Context: "work")));
        Assert.Equal("unix:///env.sock", Host(new EngineAddress(Context: "default")));
        Assert.Equal("tcp://h:1", Host(new EngineAddress("tcp://h:1")));
        _environment["DOCKER_HOST"] = "";
        Assert.Equal("tcp://10.0.0.1:2375", Host(EngineAddress.Default));
    }

    [Fact]
    public void AContextThatIsNotThereListsThoseThatAre()
    {
        Context("work", "unix:///run/work.sock");
        EngineContextNotFoundException missing = Assert.Throws<EngineContextNotFoundException>(() => Resolve(new EngineAddress(Context: "wrok")));
        Assert.Equal(["default", "work"], missing.Known);
        Assert.Contains("work", missing.RecommendedAction, StringComparison.Ordinal);
        File.WriteAllText(_folder.Combine("config.json"), """{"currentContext":"gone"}""");
        Assert.Throws<EngineContextNotFoundException>(() => Resolve(EngineAddress.Default));
        File.WriteAllText(_folder.Combine("config.json"), "{");
        Assert.Throws<EngineSettingsInvalidException>(() => Resolve(EngineAddress.Default));
        Assert.Throws<EngineSettingsInvalidException>(() => Resolve(new EngineAddress("tcp://h", "work")));
        Assert.Equal("tcp://h", Resolve(new EngineAddress("tcp://h")).Host);
    }

    [Fact]
    public void TlsComesFromTheEnvironmentOrTheContext()
    {
        string certificates = _folder.Combine("certs");
        Directory.CreateDirectory(certificates);
        File.WriteAllText(Path.Combine(certificates, "ca.pem"), "");
        _environment["DOCKER_HOST"] = "tcp://h";
        Assert.Equal((2375, true), (Resolve(EngineAddress.Default).Port, Resolve(EngineAddress.Default).Tls is null));
        _environment["DOCKER_CERT_PATH"] = certificates;
        _environment["DOCKER_TLS_VERIFY"] = "1";
        EngineEndpoint verified = Resolve(EngineAddress.Default);
        Assert.Equal((2376, true, Path.Combine(certificates, "ca.pem")), (verified.Port, verified.Tls!.Verify, verified.Tls.CaPath));
        _environment["DOCKER_CERT_PATH"] = _folder.Combine("nowhere");
        Assert.Throws<EngineSettingsInvalidException>(() => Resolve(EngineAddress.Default));

        _environment.Remove("DOCKER_CERT_PATH");
        _environment.Remove("DOCKER_TLS_VERIFY");
        Context("skip", "tcp://h", ",\"SkipTLSVerify\":true");
        Assert.False(Resolve(new EngineAddress(Context: "skip")).Tls!.Verify);
        Context("tls", "tcp://h");
        string folder = _folder.Combine("contexts", "tls", Id("tls"), "docker");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "cert.pem"), "");
        Assert.Equal(Path.Combine(folder, "cert.pem"), Resolve(new EngineAddress(Context: "tls")).Tls!.CertificatePath);
        EngineTlsException alone = Assert.Throws<EngineTlsException>(() => EngineTransport.Create(Resolve(new EngineAddress(Context: "tls")), new EngineTimeouts()));
        Assert.Contains("key.pem", alone.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh://me@host", "ssh -nNT -L")]
    [InlineData("", "Write unix://")]
    [InlineData("docker", "Write unix://")]
    [InlineData("unix://relative", "three slashes")]
    [InlineData("fd://3", "socket that it listens on")]
    [InlineData("tcp://", "host:2375")]
    [InlineData("tcp://h:0", "host:2375")]
    [InlineData("tcp://h:99999", "host:2375")]
    [InlineData("tcp://h/v1", "host:port alone")]
    [InlineData("npipe:////./pipe", "npipe:////./pipe/docker_engine")]
    [InlineData("ftp://h", "Write unix://")]
    public void AnAddressThatCannotBeUsedSaysWhatToDo(string host, string expected)
    {
        _environment["DOCKER_HOST"] = host.Length == 0 ? " " : host;
        EngineHostNotSupportedException failure = Assert.Throws<EngineHostNotSupportedException>(() => Resolve(EngineAddress.Default));
        Assert.Contains(expected, failure.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("DOCKER_HOST", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://[::1]:2375", "::1", 2375)]
    [InlineData("tcp://[::1]", "::1", 2375)]
    [InlineData("tcp://host.example:80/", "host.example", 80)]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1", 8080)]
    [InlineData("https://h", "h", 2376)]
    public void AddressesOfTcpAreRead(string host, string machine, int port)
    {
        EngineEndpoint endpoint = Resolve(new EngineAddress(host));
        Assert.Equal((machine, port), (endpoint.Machine, endpoint.Port));
    }

    private string Host(EngineAddress address, bool usualExists = false) => Resolve(address, usualExists).Host.Replace("unix://" + _folder.Path, "unix://", StringComparison.Ordinal);

    private EngineEndpoint Resolve(EngineAddress address, bool usualExists = false)
    {
        if (usualExists)
        {
            File.WriteAllText(_folder.Combine("usual.sock"), "");
        }

        return new EngineResolver(_environment.GetValueOrDefault) { UsualHosts = ["unix:///no/such.sock", "unix://" + _folder.Combine("usual.sock")] }.Resolve(address);
    }

    private void Context(string name, string host, string more = "")
    {
        string folder = _folder.Combine("contexts", "meta", Id(name));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "meta.json"), $$$$"""{"Name":"{{{{name}}}}","Metadata":{},"Endpoints":{"docker":{"Host":"{{{{host}}}}"{{{{more}}}}}}}""");
    }

    private static string Id(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
