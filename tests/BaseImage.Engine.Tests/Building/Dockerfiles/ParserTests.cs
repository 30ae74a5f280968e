using System.Text;
using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Tests.Building.Dockerfiles;

public class ParserTests
{
    private static Dockerfile Good(string text)
    {
        Dockerfile file = DockerfileParser.Parse(text);
        Assert.Empty(file.Problems);
        Assert.Equal(Encoding.UTF8.GetBytes(text), file.Write());
        return file;
    }

    private static string Words(DockerfileInstruction instruction) => string.Join('|', instruction.Arguments.Select(word => word.Text));

    [Fact]
    public void Continuations_comments_and_blank_lines_inside_an_instruction_join_into_one()
    {
        Dockerfile file = Good("FROM a\nRUN one \\\n  # why\n\n  two \\  \n\tthree\nCMD x\n");
        DockerfileInstruction run = file.Instructions[1];
        Assert.Equal("one   two \tthree", run.Arguments[0].Text);
        Assert.Equal((2, 6, true), (run.Line, run.EndLine, run.HasEmptyContinuation));
        Assert.Equal((3, "why"), (run.InnerComments[0].Line, run.InnerComments[0].Text));
        Assert.Equal("CMD", file.Instructions[2].Name);
    }

    [Fact]
    public void An_escaped_escape_at_the_end_continues_nothing()
        => Assert.Equal(["FROM", "RUN", "CMD"], Good("FROM a\nRUN dir c:\\\\\nCMD x\n").Instructions.Select(i => i.Name));

    [Fact]
    public void The_escape_directive_changes_what_continues()
    {
        Dockerfile file = Good("# escape=`\nFROM a\nRUN dir c:\\\nRUN one `\n two\n");
        Assert.Equal('`', file.Escape);
        Assert.Equal(["dir c:\\", "one  two"], file.Instructions.Skip(1).Select(i => i.Arguments[0].Text));
    }

    [Theory]
    [InlineData("# syntax=docker/dockerfile:1\n# escape=`\n# check=skip=all\nFROM a\n", "syntax escape check")]
    [InlineData("#syntax = docker/dockerfile:1 \nFROM a\n", "syntax")]
    [InlineData("# hello\n# escape=`\nFROM a\n", "")]
    [InlineData("\n# escape=`\nFROM a\n", "")]
    [InlineData("FROM a\n# escape=`\n", "")]
    [InlineData("# unknown=x\n# escape=`\nFROM a\n", "")]
    public void Directives_stand_at_the_top_alone(string text, string expected)
    {
        Dockerfile file = Good(text);
        Assert.Equal(expected, string.Join(' ', file.Directives.Select(directive => directive.Name)));
        Assert.Equal(expected.Contains("escape", StringComparison.Ordinal) ? '`' : '\\', file.Escape);
    }

    [Fact]
    public void Here_documents_in_every_form()
    {
        Dockerfile file = Good("FROM a\nRUN <<EOF\na $b\nEOF\nRUN cat <<-\"E F\" 3<<X\n\tone\n\tE F\ntwo\nX\nCOPY <<a.txt <<'b.txt' /d/\nA\na.txt\nB\nb.txt\nRUN echo \"<<EOF\"\nRUN [\"x\", \"<<EOF\"]\nRUN cat <<<word\nCMD x\n");
        Assert.Equal(["FROM", "RUN", "RUN", "COPY", "RUN", "RUN", "RUN", "CMD"], file.Instructions.Select(i => i.Name));
        DockerfileHeredoc first = Assert.Single(file.Instructions[1].Heredocs);
        Assert.Equal(("EOF", true, false, "a $b\n", 3), (first.Name, first.Expand, first.Chomp, first.Content, first.Line));
        Assert.Equal([("E F", false, true, 0, "\tone\n"), ("X", true, false, 3, "two\n")], file.Instructions[2].Heredocs.Select(h => (h.Name, h.Expand, h.Chomp, h.FileDescriptor, h.Content)));
        Assert.Equal([("a.txt", true, "A\n"), ("b.txt", false, "B\n")], file.Instructions[3].Heredocs.Select(h => (h.Name, h.Expand, h.Content)));
        Assert.All(file.Instructions.Skip(4), i => Assert.Empty(i.Heredocs));
    }

    [Fact]
    public void A_here_document_in_ONBUILD() => Assert.Equal("x\n", Good("FROM a\nONBUILD RUN <<E\nx\nE\n").Instructions[1].Trigger!.Heredocs[0].Content);

    [Theory]
    [InlineData("RUN [\"a\", \"b c\"]", nameof(DockerfileForm.Json), "a|b c")]
    [InlineData("RUN ['a']", nameof(DockerfileForm.Text), "['a']")]
    [InlineData("RUN [\"a\",]", nameof(DockerfileForm.Text), "[\"a\",]")]
    [InlineData("RUN [\"a\"] x", nameof(DockerfileForm.Text), "[\"a\"] x")]
    [InlineData("CMD []", nameof(DockerfileForm.Json), "")]
    [InlineData("COPY [\"a b\", \"/c\"]", nameof(DockerfileForm.Json), "a b|/c")]
    [InlineData("COPY a  b\tc", nameof(DockerfileForm.Words), "a|b|c")]
    [InlineData("ENTRYPOINT [\"\\u0041\\n\"]", nameof(DockerfileForm.Json), "A\n")]
    public void JSON_that_is_none_is_the_shell_form(string line, string form, string words)
    {
        DockerfileInstruction instruction = Good("FROM a\n" + line + "\n").Instructions[1];
        Assert.Equal((form, words), (instruction.Form.ToString(), Words(instruction)));
    }

    [Theory]
    [InlineData("ENV a=b c=\"d e\" f=g\\ h i='j k'", "a=b c=\"d e\" f=g\\ h i='j k'")]
    [InlineData("ENV a b  c", "a=b  c")]
    [InlineData("LABEL \"x y\"=z w=", "\"x y\"=z w=")]
    [InlineData("ARG a b=c", "a b=c")]
    [InlineData("ENV a=b=c", "a=b=c")]
    [InlineData("ENV a=${b:-c d}", "a=${b:-c d}", "'d}' has no '='.")]
    public void Names_and_values(string line, string expected, string? problem = null)
    {
        Dockerfile file = DockerfileParser.Parse("FROM x\n" + line + "\n");
        Assert.Equal(problem is null, file.Problems.Count == 0);
        Assert.True(problem is null || file.Problems.Any(p => p.Message == problem));
        if (problem is null)
        {
            Assert.Equal(expected, string.Join(' ', file.Instructions[1].Pairs.Select(p => p.Value is null ? p.Name : $"{p.Name}={p.Value}")));
        }
    }

    [Fact]
    public void Every_token_can_be_replaced_in_place()
    {
        const string Text = "\uFEFF# c\r\nfrom  --platform=$X \\\r\n  alpine:3 \\\r\n AS b\r\nCOPY --from=b [\"é\", \"/x\"] \r\nENV a=\"b\"\\\r\nc d=e";
        Dockerfile file = DockerfileParser.Parse(Text);
        Assert.Empty(file.Problems);
        DockerfileStage stage = Assert.Single(file.Stages);
        Assert.Equal(("alpine:3", "b", "--platform=$X"), (stage.Base!.Text, stage.Name, file.Source.Show(stage.From.Flags[0].Span)));
        Assert.Equal((3, 3), (file.Source.LineOf(stage.Base.Span.Start), file.Source.ColumnOf(stage.Base.Span.Start)));
        string edited = Encoding.UTF8.GetString(file.Write([(stage.Base.Span, "debian@sha256:1"), (file.Instructions[1].Arguments[0].Span, "\"ü\""), (file.Instructions[2].Pairs[0].ValueSpan, "1")]));
        Assert.Equal("\uFEFF# c\r\nfrom  --platform=$X \\\r\n  debian@sha256:1 \\\r\n AS b\r\nCOPY --from=b [\"ü\", \"/x\"] \r\nENV a=1 d=e", edited);
        Assert.Throws<ArgumentException>(() => file.Write([(stage.Base.Span, "x"), (stage.Base.Span, "y")]));
    }

    [Fact]
    public void Stages_by_name_number_and_origin()
    {
        Dockerfile file = Good("ARG V=1\nFROM a:$V AS Base\nFROM base AS next\nFROM scratch\nCOPY --from=0 /x /x\nCOPY --from=NEXT /y /y\n");
        Assert.Equal(["base", "next", null], file.Stages.Select(stage => stage.Name));
        Assert.Same(file.Stages[0], file.Stages[1].Parent);
        Assert.Same(file.Stages[0], StageBuilder.Find(file.Stages, 2, "0"));
        Assert.Same(file.Stages[1], StageBuilder.Find(file.Stages, 2, "NEXT"));
        Assert.Null(StageBuilder.Find(file.Stages, 2, "2"));
        Assert.Null(StageBuilder.Find(file.Stages, 2, "other"));
        Assert.Equal("a:1", DockerfileEvaluator.Evaluate(file).BaseOf(file.Stages[0]));
    }

    [Theory]
    [InlineData("", 1, 1, "no instructions")]
    [InlineData("# only\n", 1, 7, "no instructions")]
    [InlineData("FROM\n", 1, 1, "FROM takes")]
    [InlineData("FROM a b\n", 1, 1, "FROM takes")]
    [InlineData("FROM a AS 1b\n", 1, 11, "no name for a stage")]
    [InlineData("RUN x\nFROM a\n", 1, 1, "before the first FROM")]
    [InlineData("FROM a\nRUM x\n", 2, 1, "'RUM' is no instruction")]
    [InlineData("FROM a\nRUN <<E\nx\n", 2, 1, "does not end")]
    [InlineData("FROM a\nCOPY x\n", 2, 1, "destination")]
    [InlineData("FROM a\nCOPY --form=b x y\n", 2, 6, "no flag --form")]
    [InlineData("FROM a\nRUN --mount=type=bnd x\n", 2, 5, "no type 'bnd'")]
    [InlineData("FROM a\nENV x\n", 2, 5, "no value")]
    [InlineData("FROM a\nSHELL /bin/sh -c\n", 2, 1, "JSON")]
    [InlineData("FROM a\nONBUILD ONBUILD RUN x\n", 2, 9, "cannot keep ONBUILD")]
    [InlineData("FROM a\nONBUILD from x\n", 2, 9, "cannot keep FROM")]
    [InlineData("FROM a\nHEALTHCHECK CMD\n", 2, 1, "no command")]
    [InlineData("FROM a\nHEALTHCHECK --interval=5 CMD x\n", 2, 13, "duration")]
    [InlineData("FROM a\nHEALTHCHECK TEST x\n", 2, 13, "'TEST'")]
    [InlineData("FROM a\nRUN [\"a\", 1]\n", 2, 5, "no string")]
    [InlineData("FROM a\nWORKDIR ${x\n", 2, 9, "'}' is missing")]
    [InlineData("FROM a\nLABEL a=\"b\n", 2, 9, "not closed")]
    [InlineData("# escape=x\nFROM a\n", 1, 10, "escape character")]
    [InlineData("# escape=`\n# escape=`\nFROM a\n", 2, 1, "twice")]
    public void A_mistake_is_told_with_its_place(string text, int line, int column, string message)
    {
        DockerfileProblem problem = DockerfileParser.Parse(text).Problems[0];
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.True(problem.Hint.Length > 10);
    }

    [Fact]
    public void What_can_be_parsed_beside_a_mistake_is()
    {
        Dockerfile file = DockerfileParser.Parse("FROM a\nRUM x\nCOPY y\nUSER app\n");
        Assert.Equal(2, file.Problems.Count);
        Assert.Equal("app", file.Instructions[3].Arguments[0].Text);
    }

    [Fact]
    public void A_line_that_no_builder_reads_is_told_and_parsed()
    {
        Dockerfile file = DockerfileParser.Parse("FROM a\nRUN " + new string('x', 1 << 20) + "\n");
        Assert.Contains("longer than", Assert.Single(file.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(1 << 20, file.Instructions[1].Arguments[0].Text.Length);
    }
}
