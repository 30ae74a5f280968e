using System.Numerics;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Storage;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("   \n  ", 2, 3)]
    [InlineData("{\"a\":1,}", 1, 8)]
    [InlineData("[1,]", 1, 4)]
    [InlineData("[1 2]", 1, 4)]
    [InlineData("{\"a\" 1}", 1, 6)]
    [InlineData("{a:1}", 1, 2)]
    [InlineData("{'a':1}", 1, 2)]
    [InlineData("['a']", 1, 2)]
    [InlineData("// no\n1", 1, 1)]
    [InlineData("{\n  /* no */ \"a\": 1 }", 2, 3)]
    [InlineData("1 2", 1, 3)]
    [InlineData("{}\n{}", 2, 1)]
    [InlineData("[NaN]", 1, 2)]
    [InlineData("[Infinity]", 1, 2)]
    [InlineData("[-Infinity]", 1, 3)]
    [InlineData("[undefined]", 1, 2)]
    [InlineData("[new Date(1)]", 1, 3)]
    [InlineData("[0x10]", 1, 3)]
    [InlineData("[010]", 1, 3)]
    [InlineData("[+1]", 1, 2)]
    [InlineData("[.5]", 1, 2)]
    [InlineData("[1.]", 1, 4)]
    [InlineData("[1e]", 1, 4)]
    [InlineData("[True]", 1, 2)]
    [InlineData("[\"a\tb\"]", 1, 4)]
    [InlineData("[\"a\nb\"]", 1, 4)]
    [InlineData("[\"\\x41\"]", 1, 4)]
    [InlineData("[\"\\u12\"]", 1, 7)]
    [InlineData("[\"open", 1, 7)]
    [InlineData("{\"a\":{\"b\":1,\n\"b\":2}}", 2, 1)]
    [InlineData("{\"a\":1,\"\\u0061\":2}", 1, 8)]
    [InlineData("[\"\\ud800\"]", 1, 2)]
    [InlineData("[\"\\udc00x\"]", 1, 2)]
    [InlineData("{\"\\ud800\":1}", 1, 2)]
    [InlineData("[1e309]", 1, 2)]
    [InlineData("[0.01e-308]", 1, 2)]
    [InlineData("[1e99999999999999999999]", 1, 2)]
    [InlineData("[\"\u00e9\U0001F600\", x]", 1, 9)]
    public void Refuses_with_a_position_what_RFC_8259_does_not_allow(string text, int line, int column)
    {
        JsonInvalidException error = Assert.Throws<JsonInvalidException>(() => Parse(text));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"test.json:{line}:{column}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_not_UTF8()
    {
        foreach (byte[] bytes in new byte[][] { [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFE, 0xFF, 0x00, 0x31], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22] })
        {
            JsonInvalidException error = Assert.Throws<JsonInvalidException>(() => StrictJson.Parse(bytes, "x"));
            Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Passes_over_a_byte_order_mark_at_the_start_only()
    {
        Assert.Equal(1L, (long)StrictJson.Parse(new byte[] { 0xEF, 0xBB, 0xBF, 0x31 }, "x"));
        Assert.Throws<JsonInvalidException>(() => StrictJson.Parse(new byte[] { 0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, 0x31 }, "x"));
    }

    [Fact]
    public void Keeps_limits()
    {
        Assert.Throws<JsonInvalidException>(() => Parse(new string('[', 65) + new string(']', 65)));
        Assert.NotNull(Parse(new string('[', 64) + new string(']', 64)));
        Assert.Throws<JsonInvalidException>(() => Parse(new string('[', 5_000_000)));
        Assert.Throws<JsonInvalidException>(() => Parse("[1,2,3]", new JsonLimits { MaxBytes = 6 }));
        Assert.Throws<JsonInvalidException>(() => Parse("[1,2,3]", new JsonLimits { MaxValues = 3 }));
        Assert.Throws<JsonInvalidException>(() => Parse(new string('9', 513)));
    }

    [Fact]
    public void Keeps_strings_that_look_like_dates()
        => Assert.Equal("2026-03-01T12:00:00+02:00", ((JValue)Parse("\"2026-03-01T12:00:00+02:00\"")).Value);

    [Theory]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("-123456789012345678901234567890", "-123456789012345678901234567890")]
    [InlineData("0.1", "0.1")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData("1E2", "100")]
    [InlineData("100e-2", "1")]
    [InlineData("3.14159265358979323846264338327950288419716939937510", "31415926535897932384626433832795028841971693993751e-49")]
    [InlineData("79228162514264337593543950335e-28", "7.9228162514264337593543950335")]
    [InlineData("-0.0000000000000000000000000001", "-0.0000000000000000000000000001")]
    [InlineData("1.5e-300", "15e-301")]
    public void Keeps_numbers_exact(string text, string canonical)
    {
        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.WriteCompact(Parse(text))));
        Assert.Equal("[" + canonical + "]", Encoding.UTF8.GetString(CanonicalJson.WriteCompact(Parse($"[{text}]"))));
    }

    [Fact]
    public void Whole_numbers_are_long_or_big()
    {
        Assert.IsType<long>(((JValue)Parse("1e3")).Value);
        Assert.IsType<BigInteger>(((JValue)Parse("9223372036854775808")).Value);
        Assert.IsType<decimal>(((JValue)Parse("0.5")).Value);
    }

    [Fact]
    public void Canonical_files_are_sorted_and_indented()
    {
        JToken token = Parse("{\"b\":[1,{}],\"a\":[],\"B\":\"\\u0007\\n\\/\\u00e9\\\"\"}");
        Assert.Equal("{\n  \"B\": \"\\u0007\\n/\u00e9\\\"\",\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ]\n}\n", Encoding.UTF8.GetString(CanonicalJson.Write(token)));
        Assert.Equal("{\"B\":\"\\u0007\\n/\u00e9\\\"\",\"a\":[],\"b\":[1,{}]}", Encoding.UTF8.GetString(CanonicalJson.WriteCompact(token)));
    }

    [Fact]
    public void The_canonical_writer_refuses_what_JSON_cannot_say()
    {
        Assert.Throws<ArgumentException>(() => CanonicalJson.Write(new JValue(double.NaN)));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Write(new JValue(double.PositiveInfinity)));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Write(new JValue(DateTime.UnixEpoch)));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Write(new JRaw("1, \"x\"")));
        Assert.ThrowsAny<ArgumentException>(() => CanonicalJson.Write(new JValue("\ud800")));
        Assert.Equal("0.1", Encoding.UTF8.GetString(CanonicalJson.WriteCompact(new JValue(0.1))));
    }

    [Fact]
    public void What_is_written_reads_back_and_writes_the_same()
        => Prop.ForAll(Trees().ToArbitrary(), token =>
        {
            byte[] compact = CanonicalJson.WriteCompact(token);
            JToken back = StrictJson.Parse(compact, "x");
            return CanonicalJson.WriteCompact(back).AsSpan().SequenceEqual(compact)
                && CanonicalJson.WriteCompact(StrictJson.Parse(CanonicalJson.Write(token), "x")).AsSpan().SequenceEqual(compact);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_and_mutated_bytes_give_a_document_or_the_typed_error()
    {
        Random random = new(20260101);
        byte[] seed = Encoding.UTF8.GetBytes("{\"a\":[1,-2.5e3,true,null,\"\\u00e9\\ud83d\\ude00x\"],\"\u00e9\":{\"b\":\"\\n\"}}");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = i % 4 == 0 ? new byte[random.Next(0, 40)] : (byte[])seed.Clone();
            if (i % 4 == 0)
            {
                random.NextBytes(bytes);
            }

            for (int flip = random.Next(1, 4); flip > 0 && bytes.Length > 0; flip--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "{}[]\":,\\u0e-+ \n"[random.Next(15)]);
            }

            try
            {
                byte[] once = CanonicalJson.WriteCompact(StrictJson.Parse(bytes, "x"));
                Assert.Equal(once, CanonicalJson.WriteCompact(StrictJson.Parse(once, "x")));
            }
            catch (JsonInvalidException e)
            {
                Assert.True(e.Line >= 1 && e.Column >= 1);
            }
        }
    }

    private static JToken Parse(string text, JsonLimits? limits = null) => StrictJson.Parse(Encoding.UTF8.GetBytes(text), "test.json", limits);

    private static Gen<JToken> Trees()
    {
        Gen<string> text = ArbMap.Default.GeneratorFor<char>().Where(c => !char.IsSurrogate(c)).ArrayOf().Select(chars => new string(chars));
        Gen<JToken> leaf = Gen.OneOf(
            text.Select(t => (JToken)new JValue(t)),
            ArbMap.Default.GeneratorFor<long>().Select(n => (JToken)new JValue(n)),
            ArbMap.Default.GeneratorFor<decimal>().Select(n => (JToken)new JValue(n)),
            ArbMap.Default.GeneratorFor<double>().Where(d => double.IsFinite(d) && Math.Abs(d) < 1e300 && (d == 0 || Math.Abs(d) > 1e-280)).Select(n => (JToken)new JValue(n)),
            ArbMap.Default.GeneratorFor<bool>().Select(b => (JToken)new JValue(b)),
            Gen.Constant((JToken)JValue.CreateNull()));
        Gen<JToken> Tree(int depth) => depth == 0 ? leaf : Gen.OneOf(
            leaf,
            Tree(depth - 1).ListOf().Select(items => (JToken)new JArray(items.Take(6).Select(i => i.DeepClone()))),
            text.Zip(Tree(depth - 1)).ListOf().Select(members => (JToken)new JObject(members.Take(6).DistinctBy(m => m.Item1).Select(m => new JProperty(m.Item1, m.Item2.DeepClone())))));
        return Tree(3);
    }
}
