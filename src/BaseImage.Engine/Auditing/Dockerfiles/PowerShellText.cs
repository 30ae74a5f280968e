using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>What a RUN tells PowerShell, as far as its words say. PowerShell's own grammar is not needed for that.</summary>
internal static class PowerShellText
{
    private static readonly string[] Downloaders = ["invoke-webrequest", "invoke-restmethod", "iwr", "irm", "start-bitstransfer", "downloadfile", "curl.exe", "wget", "certutil -urlcache", "bitsadmin"];

    /// <summary>Every RUN that PowerShell, or cmd.exe by way of it, runs; here-documents included.</summary>
    public static IEnumerable<(string Text, int Line)> Runs(DockerfileFacts facts)
    {
        foreach (RunFacts run in facts.Runs)
        {
            string text = run.Instruction.Form == DockerfileForm.Json ? string.Join(' ', run.Instruction.Arguments.Select(word => word.Text)) : run.Instruction.ArgumentText + "\n" + string.Join('\n', run.Instruction.Heredocs.Select(heredoc => heredoc.Content));
            bool calls = run.Kind != ShellKind.PowerShell && (run.Script.Of("pwsh", "powershell").Any() || (run.Kind == ShellKind.Cmd && Has(text, "powershell")));
            if (run.Kind == ShellKind.PowerShell || calls)
            {
                yield return (text, run.Instruction.Line);
            }
        }
    }

    /// <summary>True where something is fetched from the web.</summary>
    public static bool Downloads(string text) => Downloaders.Any(word => HasWord(text, word)) && (Has(text, "://") || text.Contains('$', StringComparison.Ordinal));

    /// <summary>True where what is fetched is run at once.</summary>
    public static bool RunsDownload(string text) => (HasWord(text, "iex") || HasWord(text, "invoke-expression"))
        && (Has(text, "downloadstring") || HasWord(text, "iwr") || HasWord(text, "irm") || HasWord(text, "invoke-webrequest") || HasWord(text, "invoke-restmethod") || HasWord(text, "curl") || HasWord(text, "wget"));

    /// <summary>True where a hash or a signature is looked at.</summary>
    public static bool Verifies(string text) => Has(text, "get-filehash") || Has(text, "get-authenticodesignature") || Has(text, "computehash") || Has(text, "certutil -hashfile") || HasWord(text, "gpg") || HasWord(text, "cosign");

    /// <summary>True where certificates are not checked.</summary>
    public static bool SkipsCertificates(string text) => Has(text, "-skipcertificatecheck") || Has(text, "servercertificatevalidationcallback") || Has(text, "trustallcertspolicy") || (HasWord(text, "curl.exe") && Has(text, "--insecure"));

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool HasWord(string text, string word)
    {
        for (int at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            bool begins = at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '-' or '_');
            int end = at + word.Length;
            if (begins && (end >= text.Length || !(char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_')))
            {
                return true;
            }
        }

        return false;
    }
}
