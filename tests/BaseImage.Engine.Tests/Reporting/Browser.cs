using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Reporting;

/// <summary>A headless Chromium with one page, spoken to by the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TempFolder _profile;
    private readonly ClientWebSocket _socket = new();
    private string? _session;
    private int _last;

    private Browser(Process process, TempFolder profile) => (_process, _profile) = (process, profile);

    /// <summary>What the page's console and security policy complained of.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Browser> OpenAsync(string page, bool dark = false)
    {
        string program = Tools.Require("chromium");
        TempFolder profile = new();
        ProcessStartInfo start = new(program, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        Browser browser = new(process, profile);
        string? line = "";
        while (line is not null && !line.StartsWith("DevTools listening on ", StringComparison.Ordinal))
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotNull(line);
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await browser._socket.ConnectAsync(new Uri(line["DevTools listening on ".Length..]), TestContext.Current.CancellationToken);
        string target = (string)(await browser.AskAsync("Target.createTarget", new JObject { ["url"] = "about:blank" }))["targetId"]!;
        browser._session = (string)(await browser.AskAsync("Target.attachToTarget", new JObject { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!;
        await browser.AskAsync("Page.enable");
        await browser.AskAsync("Log.enable");
        await browser.AskAsync("Runtime.enable");
        await browser.AskAsync("Emulation.setEmulatedMedia", new JObject { ["features"] = new JArray(new JObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }) });
        await browser.AskAsync("Page.navigate", new JObject { ["url"] = new Uri(page).AbsoluteUri });
        while ((string?)await browser.EvaluateAsync("location.href === 'about:blank' ? '' : document.readyState") != "complete")
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return browser;
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JToken> EvaluateAsync(string expression)
    {
        JObject answer = await AskAsync("Runtime.evaluate", new JObject { ["expression"] = expression, ["returnByValue"] = true });
        Assert.Null(answer["exceptionDetails"]);
        return answer["result"]!["value"] ?? JValue.CreateNull();
    }

    /// <summary>Types keys one after the other, each as a user's keyboard would.</summary>
    public async Task TypeAsync(params string[] keys)
    {
        foreach (string key in keys)
        {
            string? text = key.Length == 1 ? key : key == "Enter" ? "\r" : null;
            int code = key switch { "Enter" => 13, "Escape" => 27, "Tab" => 9, " " => 32, _ => 0 };
            JObject down = new() { ["type"] = text is null ? "rawKeyDown" : "keyDown", ["key"] = key, ["windowsVirtualKeyCode"] = code };
            if (text is not null)
            {
                down["text"] = text;
            }

            await AskAsync("Input.dispatchKeyEvent", down);
            await AskAsync("Input.dispatchKeyEvent", new JObject { ["type"] = "keyUp", ["key"] = key, ["windowsVirtualKeyCode"] = code });
        }
    }

    /// <summary>The rule ids of the rows that can be seen.</summary>
    public async Task<string[]> VisibleAsync()
        => [.. (await EvaluateAsync("Array.from(document.querySelectorAll('.row')).filter(row => row.offsetParent !== null).map(row => row.querySelector('.r').textContent)")).Select(id => (string)id!)];

    public async Task<JObject> AskAsync(string method, JObject? parameters = null)
    {
        int id = ++_last;
        JObject request = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
        {
            request["sessionId"] = _session;
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(request.ToString()), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        while (true)
        {
            JObject message = await ReceiveAsync();
            if ((string?)message["method"] is "Log.entryAdded" or "Runtime.exceptionThrown")
            {
                Complaints.Add(message["params"]!.ToString());
            }

            if ((int?)message["id"] == id)
            {
                Assert.True(message["error"] is null, message.ToString());
                return (JObject)message["result"]!;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The browser ends itself and its helpers; what does not is ended.
        await AskBrowserToCloseAsync();
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        for (int i = 0; i < 20; i++)
        {
            try
            {
                _profile.Dispose();
                return;
            }
            catch (IOException)
            {
                // A child of the browser may still be writing its last file.
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private async Task AskBrowserToCloseAsync()
    {
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes("""{"id":0,"method":"Browser.close"}"""), WebSocketMessageType.Text, true, CancellationToken.None);
            await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // Killed instead.
        }
    }

    private async Task<JObject> ReceiveAsync()
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JObject.Parse(Encoding.UTF8.GetString(message.ToArray()));
    }
}
