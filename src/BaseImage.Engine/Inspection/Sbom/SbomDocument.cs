using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
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
    /// <param name="stream">Where to; it can be gone back in.</param>
    /// <param name="contents">What the image holds.</param>
    /// <param name="format">The format.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static void Write(Stream stream, SbomContents contents, Ports.SbomFormat format, CancellationToken cancellationToken)
    {
        // A document's name is a digest of the document with a name of zeros, and as long: it is put in their place at the end.
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        HashingWriteStream hashing = new(stream, hash);
        Func<long> position = () => stream.Position;
        long end = format == Ports.SbomFormat.Spdx ? SpdxWriter.Write(hashing, contents, position, cancellationToken) : CycloneDxWriter.Write(hashing, contents, position, cancellationToken);
        long after = stream.Position;
        stream.Position = end - SbomIds.Unnamed.Length;
        stream.Write(Encoding.ASCII.GetBytes(SbomIds.Uuid(hash.GetHashAndReset())));
        stream.Position = after;
    }

    /// <summary>Writes an object whose members come in ordinal order.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="members">The members.</param>
    /// <param name="named">The member whose text ends with the document's name.</param>
    /// <param name="position">How far what is written has come.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Where that name ends.</returns>
    internal static long WriteObject(Stream stream, IEnumerable<(string Key, IEnumerable<JToken>? Items, JToken? Value)> members, string named, Func<long> position, CancellationToken cancellationToken)
    {
        long end = 0;
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
                    if (key == named)
                    {
                        // The writer's own buffer is the text's; behind the name stands its quotation mark.
                        text.Flush();
                        end = position() - 1;
                    }

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
        return end;
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
