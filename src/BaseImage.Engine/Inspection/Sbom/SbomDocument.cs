using System.Text;
using BaseImage.Engine.Storage;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>What both formats have in common: canonical JSON that is written part by part, under a name that comes from what it says.</summary>
internal static class SbomDocument
{
    /// <summary>Who writes documents: the module and its version.</summary>
    internal static string ToolVersion { get; } = typeof(SbomDocument).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The ending of a format's files.</summary>
    internal static string Ending(Ports.SbomFormat format) => format == Ports.SbomFormat.Spdx ? ".spdx.json" : ".cdx.json";

    /// <summary>Writes a document of a format.</summary>
    internal static void Write(Stream stream, SbomContents contents, Ports.SbomFormat format, CancellationToken cancellationToken)
    {
        // Written twice: the name of a document is a digest of the rest of it.
        Action<Stream, string> write = format == Ports.SbomFormat.Spdx
            ? (to, uuid) => SpdxWriter.Write(to, contents, uuid, cancellationToken)
            : (to, uuid) => CycloneDxWriter.Write(to, contents, uuid, cancellationToken);
        string uuid = SbomIds.Uuid(to => write(to, "00000000-0000-0000-0000-000000000000"));
        write(stream, uuid);
    }

    /// <summary>Writes an object whose members come in ordinal order.</summary>
    internal static void WriteObject(Stream stream, IEnumerable<(string Key, IEnumerable<JToken>? Items, JToken? Value)> members, CancellationToken cancellationToken)
    {
        using StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        using (JsonTextWriter writer = CanonicalJson.Writer(text))
        {
            writer.WriteStartObject();
            foreach ((string key, IEnumerable<JToken>? items, JToken? value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(key);
                if (items is null)
                {
                    CanonicalJson.Append(writer, value!);
                    continue;
                }

                writer.WriteStartArray();
                foreach (JToken item in items)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    CanonicalJson.Append(writer, item);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        text.Write('\n');
    }

    /// <summary>A time as both formats write it: to the second, UTC.</summary>
    internal static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", global::System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Adds a text where there is one.</summary>
    internal static void Put(JObject target, string key, string text)
    {
        if (text.Length > 0)
        {
            target[key] = text;
        }
    }
}
