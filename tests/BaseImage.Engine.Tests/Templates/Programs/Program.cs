// What a .NET service asks of its image: cultures, time zones, hashing and TLS by the system's libraries, its trust roots.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

CultureInfo turkish = CultureInfo.GetCultureInfo("tr-TR");
Console.WriteLine($"user {Native.Uid()}");
Console.WriteLine($"casing {"istanbul".ToUpper(turkish)} {"ISPARTA".ToLower(turkish)}");
Console.WriteLine($"order {string.Join(' ', new[] { "öl", "ol", "oz" }.Order(StringComparer.Create(turkish, false)))}");
Console.WriteLine($"money {1234.5.ToString("C", CultureInfo.GetCultureInfo("de-DE"))}");
TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
DateTimeOffset noon = new(2024, 7, 1, 12, 0, 0, TimeSpan.Zero);
Console.WriteLine($"zone {TimeZoneInfo.ConvertTime(noon, zone):HH:mm zzz} {TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time").HasSameRules(zone)}");
Console.WriteLine($"hash {Convert.ToHexStringLower(SHA256.HashData("abc"u8))[..16]}");
using X509Store roots = new(StoreName.Root, StoreLocation.LocalMachine);
roots.Open(OpenFlags.ReadOnly);
Console.WriteLine($"roots {(roots.Certificates.Count > 100 ? "many" : "few")}");

using RSA key = RSA.Create(2048);
CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
using X509Certificate2 made = request.CreateSelfSigned(noon, noon.AddYears(20));
using TcpListener listener = new(IPAddress.Loopback, 0);
listener.Start();
Task<string> served = ServeAsync();
using TcpClient client = new();
await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
await using SslStream secured = new(client.GetStream(), false, (_, certificate, _, _) => certificate!.GetCertHashString() == made.GetCertHashString());
await secured.AuthenticateAsClientAsync("localhost");
await secured.WriteAsync("hello"u8.ToArray());
Console.WriteLine($"tls {secured.SslProtocol} {await served}");
try
{
    File.WriteAllText("/written", "");
    Console.WriteLine("root writable");
}
catch (IOException)
{
    Console.WriteLine("root read-only");
}

async Task<string> ServeAsync()
{
    using TcpClient accepted = await listener.AcceptTcpClientAsync();
    await using SslStream secured = new(accepted.GetStream());
    await secured.AuthenticateAsServerAsync(made, false, SslProtocols.None, false);
    byte[] said = new byte[5];
    await secured.ReadExactlyAsync(said);
    return Encoding.ASCII.GetString(said);
}

internal static partial class Native
{
    [LibraryImport("libc", EntryPoint = "getuid")]
    internal static partial uint Uid();
}
