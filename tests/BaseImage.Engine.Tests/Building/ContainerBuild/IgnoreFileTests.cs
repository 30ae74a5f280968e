using System.Text;
using System.Text.Json;
using BaseImage.Engine.Building.ContainerBuild.Context;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>Ignore files say the same here as to Docker's own client.</summary>
public sealed class IgnoreFileTests
{
    private sealed record Case(string Ignore, string[] Files, string[]? Sent);

    [Fact]
    public void Docker_sends_what_is_sent_here()
    {
        // 400 folders and ignore files at random (seed 20260101), and the names in the tar that Docker's client 28.2.2 made
        // of each; null where it refused the file.
        Case[] cases = JsonSerializer.Deserialize<Case[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Building", "ContainerBuild", "ignore-cases.json")), new JsonSerializerOptions { PropertyNameCaseInsensitive = true })!;
        Assert.Equal(400, cases.Length);
        List<string> wrong = [];
        foreach (Case one in cases)
        {
            string[]? sent = Sent(one);
            if (one.Sent is null ? sent is not null : sent is null || !sent.SequenceEqual(one.Sent, StringComparer.Ordinal))
            {
                wrong.Add($"{JsonSerializer.Serialize(one.Ignore)} of {string.Join(' ', one.Files)}: Docker {(one.Sent is null ? "refuses it" : string.Join(' ', one.Sent))}; here {(sent is null ? "refused" : string.Join(' ', sent))}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Length}:\n{string.Join('\n', wrong.Take(10))}");
    }

    private static string[]? Sent(Case one)
    {
        try
        {
            IgnoreFile ignore = IgnoreFile.Parse(Encoding.UTF8.GetBytes(one.Ignore), ".dockerignore");
            return [.. one.Files.Where(file => !ignore.IsIgnored(file)).Order(StringComparer.Ordinal)];
        }
        catch (BuildContextInvalidException)
        {
            return null;
        }
    }

    [Theory]
    [InlineData("*\n!**/*.go", "a/b/c.go", false)] // as BuildKit: an exception with a wildcard is looked for everywhere
    [InlineData("*\n!**/*.go", "a/b/c.txt", true)]
    [InlineData("**", "a", true)]
    [InlineData("**/", "a/b", true)]
    [InlineData("**/a", "a", true)]
    [InlineData("**/a", "xa", false)]
    [InlineData("**a", "xa", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/*/b", "a/x/y/b", false)]
    [InlineData("/a", "a", true)]
    [InlineData("./a/", "a/b", true)]
    [InlineData("a/../b", "b", true)]
    [InlineData("../a", "a", false)]
    [InlineData("a\n!a/b", "a/b", false)]
    [InlineData("a\n!a/b", "a/c", true)]
    [InlineData("a\n!a/b\na/b/c", "a/b/c", true)]
    [InlineData("!a\na", "a", true)]
    [InlineData("?", "é", true)]
    [InlineData("?", "\U0001F600", true)]
    [InlineData("*", "line\nbreak", true)]
    [InlineData("a$\nb", "a$", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("# a\n #b", "#b", true)]
    [InlineData("A", "a", false)]
    public void Patterns_mean_what_they_mean_to_builders(string text, string path, bool ignored)
        => Assert.Equal(ignored, IgnoreFile.Parse(Encoding.UTF8.GetBytes(text), ".dockerignore").IsIgnored(path));

    [Theory]
    [InlineData("!", 1)]
    [InlineData("a\n[", 2)]
    [InlineData("a\n\n[]", 3)]
    [InlineData("[a-]", 1)]
    [InlineData("x\\", 1)]
    public void What_is_no_pattern_is_told_with_its_line(string text, int line)
    {
        BuildContextInvalidException failure = Assert.Throws<BuildContextInvalidException>(() => IgnoreFile.Parse(Encoding.UTF8.GetBytes(text), "/x/.dockerignore"));
        Assert.Contains($"/x/.dockerignore:{line}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        Random random = new(20260102);
        string alphabet = "ab/*?[]^-!\\#. \n\t$(){}|+é\uFEFF";
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            try
            {
                IgnoreFile file = IgnoreFile.Parse(Encoding.UTF8.GetBytes(text), "x");
                bool first = file.IsIgnored("a/b.a/é");

                // What a file says does not depend on line endings or on an empty line more.
                Assert.Equal(first, IgnoreFile.Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n").Replace("\n", "\r\n\r\n", StringComparison.Ordinal)), "x").IsIgnored("a/b.a/é"));
            }
            catch (BuildContextInvalidException)
            {
                // It is told.
            }
        }
    }
}
