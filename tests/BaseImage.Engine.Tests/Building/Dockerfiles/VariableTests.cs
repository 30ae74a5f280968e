using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Tests.Building.Dockerfiles;

public class VariableTests
{
    private static string? Value(string name) => name switch { "x" => "abcabc", "e" => "", "p" => "/usr/local/bin/app.tar.gz", _ => null };

    /// <summary>What a POSIX shell gives, where the builder promises the same; checked against one below.</summary>
    [Theory]
    [InlineData("$x", "abcabc")]
    [InlineData("${x}y", "abcabcy")]
    [InlineData("$xy", "")]
    [InlineData("a$", "a$")]
    [InlineData("\\$x", "$x")]
    [InlineData("'$x'", "$x")]
    [InlineData("\"$x\"", "abcabc")]
    [InlineData("\"\\$x \\a\"", "$x \\a")]
    [InlineData("${u:-d}${e:-f}${x:-g}", "dfabcabc")]
    [InlineData("${u-d}${e-f}", "d")]
    [InlineData("${u:+d}${e:+f}${x:+g}", "g")]
    [InlineData("${e+f}${u+g}", "f")]
    [InlineData("${u:-${x}}", "abcabc")]
    [InlineData("${u:-$e}", "")]
    [InlineData("${x#a}", "bcabc")]
    [InlineData("${x#*b}", "cabc")]
    [InlineData("${x##*b}", "c")]
    [InlineData("${x%c}", "abcab")]
    [InlineData("${x%b*}", "abca")]
    [InlineData("${x%%b*}", "a")]
    [InlineData("${p##*/}", "app.tar.gz")]
    [InlineData("${p%%.*}", "/usr/local/bin/app")]
    [InlineData("${x#?}", "bcabc")]
    public void Substitutions(string word, string expected)
    {
        Assert.True(new WordExpander('\\', Value).TryExpand(word, out string expanded));
        Assert.Equal(expected, expanded);
    }

    [Theory]
    [InlineData("${x/b/Z}", "aZcabc")]
    [InlineData("${x//b/Z}", "aZcaZc")]
    [InlineData("${x/b*/}", "a")]
    [InlineData("${p//\\//-}", "-usr-local-bin-app.tar.gz")]
    public void Replacements(string word, string expected)
    {
        Assert.True(new WordExpander('\\', Value).TryExpand(word, out string expanded));
        Assert.Equal(expected, expanded);
    }

    [Theory]
    [InlineData("${x")]
    [InlineData("${}")]
    [InlineData("${:x}")]
    [InlineData("${x!y}")]
    [InlineData("${u:?needed}")]
    [InlineData("${x:#a}")]
    [InlineData("'a")]
    [InlineData("\"a")]
    [InlineData("${x/a}")]
    public void What_is_no_substitution_is_said(string word)
    {
        WordExpander expander = new('\\', Value);
        Assert.False(expander.TryExpand(word, out _));
        Assert.NotEmpty(expander.Error);
    }

    [Fact]
    public async Task A_shell_agrees()
    {
        string shell = Tools.Require("dash");
        foreach (string word in new[] { "$x", "${u:-d}${e:-f}${x:-g}", "${u-d}${e-f}", "${u:+d}${e:+f}${x:+g}", "${e+f}${u+g}", "${x#*b}", "${x##*b}", "${x%b*}", "${x%%b*}", "${p##*/}", "${p%%.*}", "${x#?}", "\"$x\"", "'$x'" })
        {
            string said = await Tools.RunAsync(shell, ["-c", $"x=abcabc; e=; p=/usr/local/bin/app.tar.gz; printf %s {word}"]);
            Assert.True(new WordExpander('\\', Value).TryExpand(word, out string expanded));
            Assert.Equal(said, expanded);
        }
    }

    [Fact]
    public void Values_that_grow_without_end_are_refused_and_not_made()
    {
        string text = "FROM scratch\nENV a=0123456789\n" + string.Concat(Enumerable.Repeat("ENV a=$a$a$a$a$a$a$a$a$a$a\n", 40));
        Dockerfile file = DockerfileParser.Parse(text);
        Assert.Null(DockerfileEvaluator.Evaluate(file)[file.Instructions[^1]].Arguments[0]);
        Assert.False(new WordExpander('\\', Value).TryExpand(string.Concat(Enumerable.Repeat("${u:-", 5_000)), out _));
    }

    [Fact]
    public void Scopes()
    {
        Dockerfile file = DockerfileParser.Parse("""
            ARG TAG=1
            ARG OTHER
            FROM img:$TAG AS a
            LABEL none=[$TAG]
            ARG TAG
            LABEL tag=$TAG
            ENV TAG=env
            ARG TAG=arg
            LABEL env=$TAG one=$NEW
            ENV NEW=$TAG OLD=$NEW
            LABEL two=$NEW
            FROM scratch AS b
            LABEL gone=[$TAG] other=$OTHER
            FROM a AS c
            LABEL kept=$TAG$NEW arch=$TARGETARCH
            ARG TARGETARCH
            LABEL arch=$TARGETARCH
            """.ReplaceLineEndings("\n"));
        Assert.Empty(file.Problems);
        DockerfileEvaluator values = DockerfileEvaluator.Evaluate(file);
        Assert.Equal(["img:1", "scratch", "a"], file.Stages.Select(values.BaseOf));
        string Labels(DockerfileStage stage) => string.Join(' ', stage.Instructions.Where(i => i.Name == "LABEL").SelectMany(i => values[i].Arguments).Select(v => v ?? "?"));
        Assert.Equal("? 1 env ? env", Labels(file.Stages[0]));
        Assert.Equal("[] ", Labels(file.Stages[1]));
        Assert.Equal("envenv ? ?", Labels(file.Stages[2]));
        Assert.Equal(["TARGETARCH"], values[file.Stages[2].Instructions[0]].Undefined);
        Assert.Equal("img:2", DockerfileEvaluator.Evaluate(file, new Dictionary<string, string> { ["TAG"] = "2" }).BaseOf(file.Stages[0]));
    }
}
