using System.Text;
using System.Text.Json;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>A JSON array in an instruction: the exec form. Anything that is not valid JSON to its end is the shell form.</summary>
/// <param name="Items">Its strings, and where they stand in the joined text, quotes included.</param>
/// <param name="HasOnlyStrings">False where it holds something else, which builders refuse.</param>
internal sealed record JsonArray(IReadOnlyList<(string Value, int Start, int End)> Items, bool HasOnlyStrings)
{
    /// <summary>Reads a stretch of a text of one character a byte; null where it is no JSON array.</summary>
    public static JsonArray? TryRead(string text, int start, int end)
    {
        if (start >= end || text[start] != '[')
        {
            return null;
        }

        byte[] bytes = Encoding.Latin1.GetBytes(text[start..end]);
        List<(string, int, int)> items = [];
        bool onlyStrings = true;
        try
        {
            Utf8JsonReader reader = new(bytes);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == 1)
                {
                    int from = start + (int)reader.TokenStartIndex;
                    items.Add((reader.GetString()!, from, start + (int)reader.BytesConsumed));
                }
                else if (reader.CurrentDepth > 0 || reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
                {
                    onlyStrings = false;
                }
            }

            return new JsonArray(items, onlyStrings);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no UTF-8 or holds a lone surrogate.
            return null;
        }
    }
}
