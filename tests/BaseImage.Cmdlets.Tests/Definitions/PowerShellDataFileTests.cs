using System.Management.Automation;
using System.Text;

namespace BaseImage.Cmdlets.Tests.Definitions;

public sealed class PowerShellDataFileTests(DefinitionSession session) : IClassFixture<DefinitionSession>
{
    [Fact]
    public void Comments_line_ends_order_and_notation_do_not_change_the_digest()
    {
        string digest = Digest("web.image.psd1", DefinitionMistakes.Good);
        Assert.Matches("^sha256:[0-9a-f]{64}$", digest);
        Assert.Equal(digest, Digest("web.image.psd1", DefinitionMistakes.Good.ReplaceLineEndings("\r\n")));
        Assert.Equal(digest, Digest("web.image.psd1", "\uFEFF<# a comment with 'quotes #>\n# and it's another\n" + DefinitionMistakes.Good + " # the end"));
        Assert.Equal(digest, Digest("web.image.psd1", """
            @{
                config = @{ User = @('65532:65532') }; Accounts = @{ Uid = 65532; Name = "nonroot" }
                Files = @{ Content = "hello"; Path = '/etc/motd' }
                Packages = @{ tzdata = @{ Reason = 'time zones' } }
                Platforms = @(
                    'linux/arm64' # one a line
                    'linux/amd64'
                )
                From = @{ Suite = 'bookworm'; Distribution = 'debian'; Updates = $TRUE; Security = $null }
                Name = 'web'; SchemaVersion = 1
            }
            """));
        Assert.Equal(digest, Digest("web.image.json", """
            { "SchemaVersion": 1, "Name": "web", "From": { "Distribution": "debian", "Suite": "bookworm" }, "Platforms": ["linux/amd64", "linux/arm64"],
              "Packages": { "tzdata": "time zones" }, "Files": { "Path": "/etc/motd", "Content": "hello", "Mode": "0644" },
              "Accounts": { "Name": "nonroot", "Uid": 65532 }, "Config": { "User": "65532:65532" } }
            """));
        Assert.NotEqual(digest, Digest("web.image.psd1", DefinitionMistakes.Good.Replace("hello", "hullo", StringComparison.Ordinal)));
    }

    [Fact]
    public void Here_strings_have_the_same_line_ends_in_every_checkout()
    {
        string text = DefinitionMistakes.Good.Replace("'hello'", "@'\none\n# two 'three' \"four\"\n'@", StringComparison.Ordinal);
        Assert.Equal(Digest("web.image.psd1", text.ReplaceLineEndings("\n")), Digest("web.image.psd1", text.ReplaceLineEndings("\r\n")));
    }

    [Fact]
    public void Seven_hundred_packages_are_no_matter()
    {
        StringBuilder packages = new();
        for (int i = 0; i < 700; i++)
        {
            packages.Append(System.Globalization.CultureInfo.InvariantCulture, $"        'package-{i}' = 'number {i}'\n");
        }

        PSObject definition = Assert.Single(session.Read("web.image.psd1", DefinitionMistakes.Good.Replace("        'tzdata' = 'time zones'", packages.ToString().TrimEnd(), StringComparison.Ordinal)).Output);
        Assert.Equal(700, ((System.Collections.IEnumerable)definition.Properties["Packages"].Value).Cast<object>().Count());
    }

    [Fact]
    public void The_examples_and_what_they_extend_are_read()
    {
        (System.Collections.ObjectModel.Collection<PSObject> output, IReadOnlyList<ErrorRecord> errors) = session.Read(Path.Combine(DefinitionSession.Repository, "examples"), recurse: true);
        Assert.Empty(errors);
        Assert.Contains("debian-static", output.Select(definition => (string)definition.Properties["Name"].Value));
        Assert.Contains("debian-base", output.Select(definition => (string)definition.Properties["Name"].Value));
    }

    [Fact]
    public void Text_that_is_not_UTF8_has_its_place()
    {
        string path = Path.Combine(session.Folder, "bytes.image.psd1");
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes("@{\n  Name = 'é"), 0xE9, .. Encoding.UTF8.GetBytes("'\n}")]);
        Assert.StartsWith(path + ":2:12: The text is not valid UTF-8. Save the file as UTF-8", Assert.Single(session.Read(path).Errors).Exception.Message, StringComparison.Ordinal);
        File.WriteAllText(path, DefinitionMistakes.Good, Encoding.Unicode);
        Assert.Contains("Save the file as UTF-8", Assert.Single(session.Read(path).Errors).Exception.Message, StringComparison.Ordinal);
    }

    // Each of these takes PowerShell's own parser, and the process with it, down with a stack overflow, or makes it load modules.
    [Theory]
    [InlineData("@{ a = 1", "+1", 400_000, " }")]
    [InlineData("@{ a = $x", ".a", 400_000, " }")]
    [InlineData("@{ a = $x", "[0]", 300_000, " }")]
    [InlineData("@{ a = ", "[int]", 180_000, "1 }")]
    [InlineData("@{ a = [int]", "::a", 300_000, " }")]
    [InlineData("@{ a = a", "&&a", 300_000, " }")]
    [InlineData("@{ a = ", "!", 900_000, "1 }")]
    [InlineData("@{ a = ", "-not ", 200_000, "1 }")]
    [InlineData("@{ a = ", ",", 900_000, "1 }")]
    [InlineData("@{ a = ", "$a=", 300_000, "1 }")]
    [InlineData("", "@{a=", 200_000, "")]
    [InlineData("@{ a = ", "@(", 400_000, "")]
    [InlineData("@{ a = \"", "$(\"", 300_000, "")]
    [InlineData("@{ a = b@'\n'", "+1", 400_000, "\n'@ }")]
    [InlineData("@{ a = b#'\n", "+1", 400_000, " }")]
    [InlineData("@{ a = b --% '\n", "+1", 400_000, "' }")]
    [InlineData("@{ a = { configuration x { Import-DscResource -ModuleName y } ", "", 0, "} }")]
    [InlineData("@{ a = 1 }\nusing module ./evil.psm1", "", 0, "")]
    [InlineData("using module ./evil.psm1\n@{ a = 1 }", "", 0, "")]
    [InlineData("@{ a = { class x : y { [z] $q } ", "", 0, "} }")]
    public void Hostile_text_is_one_error(string start, string middle, int times, string end)
    {
        string text = start + string.Concat(Enumerable.Repeat(middle, times)) + end;
        ErrorRecord error = Assert.Single(session.Read("hostile.image.psd1", text).Errors);
        Assert.StartsWith("DefinitionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.InRange(error.Exception.Message.Length, 20, 20_000);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_and_nothing_is_run()
    {
        string seed = DefinitionMistakes.Good.ReplaceLineEndings("\n");
        string[] pieces =
        [
            "@{", "}", "@(", ")", "'", "\"", "$", "=", ",", "\n", "#", "<#", "#>", ";", "-", "[", "]", "$(", "{", "`", "@'\n", "\n'@", "&", "|", "\0",
            "\u2019", "\u201D", "0644", "true", "$true", "$null", " + ", "if (1) { ", "[IO.File]::WriteAllText('CANARY', 'x')", "$(New-Item CANARY)", "& { New-Item CANARY }",
        ];
        string canary = Path.Combine(session.Folder, "canary");
        Random random = new(20260103);
        int read = 0;
        for (int i = 0; i < 1_500; i++)
        {
            string text = seed;
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                text = random.Next(4) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
                    1 => text.Insert(at, pieces[random.Next(pieces.Length)].Replace("CANARY", canary, StringComparison.Ordinal)),
                    2 => text.Remove(at, 1).Insert(at, ((char)random.Next(1, 0x250)).ToString()),
                    _ => text.Insert(at, text.Substring(random.Next(text.Length / 2), random.Next(1, 60))),
                };
            }

            (System.Collections.ObjectModel.Collection<PSObject> output, IReadOnlyList<ErrorRecord> errors) = session.Read("fuzz.image.psd1", text);
            Assert.Equal(1, output.Count + errors.Count);
            Assert.All(errors, error => Assert.StartsWith("DefinitionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal));
            read += output.Count;
        }

        Assert.InRange(read, 20, 1_480);
        Assert.False(File.Exists(canary));
    }

    private string Digest(string name, string text)
    {
        (System.Collections.ObjectModel.Collection<PSObject> output, IReadOnlyList<ErrorRecord> errors) = session.Read(name, text);
        Assert.Empty(errors.Select(error => error.Exception.Message));
        return Assert.Single(output).Properties["ModelDigest"].Value.ToString()!;
    }
}
