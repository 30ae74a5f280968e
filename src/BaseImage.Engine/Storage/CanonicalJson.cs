using System.Globalization;
using System.Numerics;
using System.Text;
using BaseImage.Errors;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Storage;

/// <summary>
/// Writes JSON in one way only: keys in ordinal order, "\n", UTF-8 without a byte order mark, the fewest escapes,
/// numbers by value. What two programs or two cultures write is the same byte for byte.
/// </summary>
internal static class CanonicalJson
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Two spaces a level and a newline at the end: for files that people read.</summary>
    public static byte[] Write(JToken token) => Encode(token, Formatting.Indented, "\n");

    /// <summary>No white space at all: for hashing and for OCI documents.</summary>
    public static byte[] WriteCompact(JToken token) => Encode(token, Formatting.None, "");

    /// <summary>
    /// A writer of documents that are too large to be had as a tree: whoever writes with it gives keys in ordinal order, parts
    /// by <see cref="Append"/>, and "\n" at the end. The text writer's new line has to be "\n".
    /// </summary>
    public static JsonTextWriter Writer(TextWriter text, Formatting formatting = Formatting.Indented) => new(text) { Formatting = formatting, Indentation = 2, CloseOutput = false };

    /// <summary>Writes a part of a document.</summary>
    public static void Append(JsonTextWriter writer, JToken token) => Write(writer, token);

    private static byte[] Encode(JToken token, Formatting formatting, string ending)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (JsonTextWriter writer = Writer(text, formatting))
        {
            Write(writer, token);
        }

        return Utf8.GetBytes(text.ToString() + ending);
    }

    private static void Write(JsonTextWriter writer, JToken token)
    {
        switch (token)
        {
            case JObject value:
                writer.WriteStartObject();
                foreach (JProperty property in value.Properties().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JArray value:
                writer.WriteStartArray();
                foreach (JToken item in value)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JRaw value:
                writer.WriteRawValue(Number((string)value.Value!));
                break;
            case JValue value:
                WriteScalar(writer, value);
                break;
            default:
                throw new ArgumentException($"A {token.Type} has no place in JSON.", nameof(token));
        }
    }

    private static void WriteScalar(JsonTextWriter writer, JValue value)
    {
        switch (value.Value)
        {
            case null:
                writer.WriteNull();
                break;
            case string text:
                writer.WriteValue(text);
                break;
            case bool flag:
                writer.WriteValue(flag);
                break;
            case double or float or decimal or BigInteger or long or int or ulong or uint or short or ushort or byte or sbyte:
                writer.WriteRawValue(Number(Convert.ToString(value.Value, CultureInfo.InvariantCulture)!));
                break;
            default:
                throw new ArgumentException($"A {value.Value.GetType()} has no place in canonical JSON: convert it to a string first.", nameof(value));
        }
    }

    // A NaN, an infinity or raw text that is no number must never get into a document.
    private static string Number(string text)
    {
        byte[] utf8 = Utf8.GetBytes(text);
        try
        {
            if (StrictJson.Parse(utf8, "number") is JValue { Type: JTokenType.Integer or JTokenType.Float or JTokenType.Raw } && JsonNumber.TryRead(utf8, out JsonNumber number))
            {
                return number.Canonical();
            }
        }
        catch (JsonInvalidException e)
        {
            throw new ArgumentException($"'{text}' is not a JSON number.", nameof(text), e);
        }

        throw new ArgumentException($"'{text}' is not a JSON number.", nameof(text));
    }
}
