using System.Text;
using BaseImage.Engine.Building.Dockerfiles;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Building.Dockerfiles;

public class ParserFuzzTests
{
    private static readonly string[] Pieces =
    [
        "FROM ", "alpine", ":3", " AS b", "\n", "\r\n", "\\\n", "\\", "`", "# escape=`\n", "# comment", "RUN ", "COPY ", "--from=", "--mount=type=", "secret", ",id=", "ENV ", "ARG ", "LABEL ", "a=", "$", "${", "}", ":-", "#", "%", "//",
        "\"", "'", "[", "]", "[\"a\", \"b\"]", ",", "<<EOF", "<<-", "\nEOF\n", "ONBUILD ", "HEALTHCHECK ", "CMD ", "SHELL ", "\t", " ", "\0", "é", "\uFEFF", "USER ", "x", "&&", "||", ";", "|", "(", ")", "$(", "--", "=", "EXPOSE ", "VOLUME ",
    ];

    /// <summary>Whatever a file holds, it comes out again, each problem has a place in it, and each token lies inside of it.</summary>
    private static void Holds(byte[] bytes)
    {
        Dockerfile file = DockerfileParser.Parse(bytes);
        Assert.Equal(bytes, file.Write());
        Assert.Equal(bytes, file.Write([]));
        int lines = bytes.Count(b => b == '\n') + 1;
        Assert.All(file.Problems, problem => Assert.True(problem.Line >= 1 && problem.Line <= lines && problem.Column >= 1));
        foreach (DockerfileInstruction instruction in file.Instructions)
        {
            IEnumerable<SourceSpan> spans = instruction.Arguments.Select(word => word.Span).Concat(instruction.Flags.Select(flag => flag.Span)).Concat(instruction.Pairs.Select(pair => pair.NameSpan)).Append(instruction.KeywordSpan);
            Assert.All(spans, span => Assert.True(span.Start >= instruction.Span.Start && span.End <= instruction.Span.End && span.Length >= 0));
        }

        DockerfileEvaluator values = DockerfileEvaluator.Evaluate(file);
        Assert.All(file.Stages, stage => values.BaseOf(stage));
    }

    [Fact]
    public void Any_order_of_pieces_comes_out_again()
        => Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary(), text => Holds(Encoding.UTF8.GetBytes(text))).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Any_bytes_come_out_again()
        => Prop.ForAll<byte[]>(bytes => Holds(bytes ?? [])).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Damaged_files_come_out_again()
    {
        byte[] whole = Encoding.UTF8.GetBytes("# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=$BUILDPLATFORM a:${V:-2} AS b\nRUN --mount=type=secret,id=x apt-get update && \\\n # c\n apt-get install -y \"x y\" <<A <<-'B'\na\nA\n\tb\n\tB\nENV a=b c=\"d ${V%%.*}\"\nCOPY --from=b [\"x\", \"/y\"]\nHEALTHCHECK --interval=5s CMD x\nONBUILD RUN [\"x\"]\n");
        Random random = new(20);
        for (int i = 0; i < 4_000; i++)
        {
            List<byte> bytes = [.. whole];
            for (int edits = random.Next(1, 6); edits > 0 && bytes.Count > 0; edits--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                    case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                    default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at))); break;
                }
            }

            Holds([.. bytes]);
        }
    }

    [Theory]
    [InlineData("FROM a\nRUN <<E\n", 20_000)]
    [InlineData("FROM a\n", 50_000)]
    [InlineData("\\\n", 200_000)]
    [InlineData("# c\n", 200_000)]
    [InlineData("ENV a=$a$a$a\n", 20_000)]
    [InlineData("COPY --a --b ", 30_000)]
    [InlineData("ONBUILD ", 50_000)]
    [InlineData("${a:-", 100_000)]
    [InlineData("[[", 100_000)]
    [InlineData("\"", 300_001)]
    [InlineData("RUN <<A <<A <<A <<A <<A <<A\n", 5_000)]
    public void Files_made_to_be_slow_are_not(string piece, int times)
    {
        Holds(Encoding.UTF8.GetBytes("FROM scratch\nRUN " + string.Concat(Enumerable.Repeat(piece, times))));
        Holds(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, times))));
    }
}
