using System.Globalization;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images;

/// <summary>
/// Takes typed values out of a foreign document. A key that is absent or null gives the empty value (Go's encoders write
/// null for what is not set); a value of another type is an error that names document and key.
/// </summary>
/// <param name="Value">The object.</param>
/// <param name="Document">What to call the document in errors.</param>
/// <param name="At">Where in the document the object stands, as <c>config.</c>; empty for its root.</param>
internal readonly record struct JsonFields(JObject Value, string Document, string At = "")
{
    internal string Text(string key) => OptionalText(key) ?? "";

    internal string? OptionalText(string key) => Value[key] switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: string text } => text,
        _ => throw Wrong(key, "a string"),
    };

    internal string RequiredText(string key) => OptionalText(key) is { Length: > 0 } text ? text : throw Missing(key);

    internal long Number(string key) => OptionalNumber(key) ?? throw Missing(key);

    internal long? OptionalNumber(string key) => Value[key] switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: long number } => number,
        _ => throw Wrong(key, "a whole number of at most 64 bits"),
    };

    internal bool Flag(string key) => Value[key] switch
    {
        null or { Type: JTokenType.Null } => false,
        JValue { Value: bool flag } => flag,
        _ => throw Wrong(key, "true or false"),
    };

    internal Digest Digest(string key) => BaseImage.Digest.TryParse(RequiredText(key), out Digest digest) ? digest
        : throw Problem($"'{At}{key}' is not a digest this version checks (sha256 or sha512, lower-case hexadecimal)");

    internal DateTimeOffset? Time(string key)
    {
        string? text = OptionalText(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // Go writes nanoseconds; .NET holds a tenth of a microsecond.
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int end = point < 0 ? -1 : text.AsSpan(point + 1).IndexOfAnyExceptInRange('0', '9');
        string shortened = point >= 0 && end > 7 ? text[..(point + 8)] + text[(point + 1 + end)..] : text;
        bool good = text.Length is >= 20 and <= 40 && text[10] is 'T' or 't' or ' '
            && DateTimeOffset.TryParse(shortened, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time.Year > 1 || time.DayOfYear > 1 : throw Problem($"'{At}{key}' is not a time as RFC 3339 writes it");
        return good ? DateTimeOffset.Parse(shortened, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) : null;
    }

    internal JsonFields? Object(string key) => Value[key] switch
    {
        null or { Type: JTokenType.Null } => null,
        JObject inner => new JsonFields(inner, Document, $"{At}{key}."),
        _ => throw Wrong(key, "an object"),
    };

    internal JsonFields RequiredObject(string key) => Object(key) ?? throw Missing(key);

    internal IReadOnlyList<JsonFields> Objects(string key)
    {
        JsonFields self = this;
        return [.. Array(key).Select((item, i) => item is JObject inner
            ? new JsonFields(inner, self.Document, $"{self.At}{key}[{i}].")
            : throw self.Problem($"'{self.At}{key}[{i}]' is not an object"))];
    }

    internal IReadOnlyList<string>? OptionalTexts(string key)
    {
        JsonFields self = this;
        return Value[key] is null or { Type: JTokenType.Null } ? null
            : [.. Array(key).Select((item, i) => item is JValue { Value: string text } ? text : throw self.Problem($"'{self.At}{key}[{i}]' is not a string"))];
    }

    internal IReadOnlyDictionary<string, string> Map(string key)
    {
        SortedDictionary<string, string> map = new(StringComparer.Ordinal);
        if (Object(key) is { } inner)
        {
            foreach (JProperty property in inner.Value.Properties())
            {
                map.Add(property.Name, inner.Text(property.Name));
            }
        }

        return map;
    }

    /// <summary>The keys of an object whose values say nothing, in ordinal order.</summary>
    internal IReadOnlyList<string> Keys(string key)
        => Object(key) is { } inner ? [.. inner.Value.Properties().Select(p => p.Name).Order(StringComparer.Ordinal)] : [];

    internal ImageDocumentInvalidException Problem(string problem) => new(Document, problem);

    private IReadOnlyList<JToken> Array(string key) => Value[key] switch
    {
        null or { Type: JTokenType.Null } => [],
        JArray items => [.. items],
        _ => throw Wrong(key, "an array"),
    };

    private ImageDocumentInvalidException Missing(string key) => Problem($"'{At}{key}' is missing");

    private ImageDocumentInvalidException Wrong(string key, string expected) => Problem($"'{At}{key}' is not {expected}");
}
