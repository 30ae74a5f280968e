using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Storage;

/// <summary>
/// Reads JSON to the letter of RFC 8259: no comments, no trailing commas, no single quotes, no NaN, no octal or
/// hexadecimal numbers, one root, no key twice, no unpaired surrogates. Numbers keep their exact value and strings are
/// never taken for dates. A byte order mark at the start is passed over (RFC 8259, section 8.1).
/// </summary>
internal static class StrictJson
{
    /// <summary>Reads a document.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="name">What to call it in errors: a path or a URL.</param>
    /// <param name="limits">Its limits; null for <see cref="JsonLimits.Default"/>.</param>
    /// <returns>
    /// Whole numbers as <see cref="long"/> or <see cref="System.Numerics.BigInteger"/>, others as <see cref="decimal"/>
    /// where that is exact, else as <see cref="JRaw"/>.
    /// </returns>
    /// <exception cref="Errors.JsonInvalidException">The document is not strict JSON or exceeds a limit.</exception>
    public static JToken Parse(ReadOnlyMemory<byte> utf8, string name, JsonLimits? limits = null)
        => JsonWalk.Run(utf8, name, limits ?? JsonLimits.Default, new TokenBuilder());

    /// <summary>Reads a document that has to be an object.</summary>
    /// <exception cref="Errors.JsonInvalidException">It is not strict JSON, not an object, or exceeds a limit.</exception>
    public static JObject ParseObject(ReadOnlyMemory<byte> utf8, string name, JsonLimits? limits = null)
        => Parse(utf8, name, limits) as JObject
            ?? throw new Errors.JsonInvalidException(name, 1, 1, "The document is not a JSON object.");

    private sealed class TokenBuilder : IJsonBuilder<JToken>
    {
        public JToken String(string value, int offset) => new JValue(value);

        public JToken Number(JsonNumber value, int offset) => value.ToToken();

        public JToken Boolean(bool value, int offset) => new JValue(value);

        public JToken Null(int offset) => JValue.CreateNull();

        public JToken Array(List<JToken> items, int offset)
        {
            JArray array = [];
            foreach (JToken item in items)
            {
                array.Add(item);
            }

            return array;
        }

        public JToken Object(List<JsonMember<JToken>> members, int offset)
        {
            JObject result = [];
            foreach (JsonMember<JToken> member in members)
            {
                result.Add(member.Key, member.Value);
            }

            return result;
        }
    }
}
