using System.Security.Cryptography;
using BaseImage.Engine.Auditing.Secrets;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>How facts of a content are written in the cache. What is written here has no secrets: <see cref="ContentFacts"/> has none.</summary>
internal static class ContentFactsFormat
{
    /// <summary>Writes facts.</summary>
    public static void Write(FactsWriter writer, ContentFacts facts)
    {
        writer.Hex(facts.Digest.Hex);
        writer.Flag(facts.Md5 is not null);
        if (facts.Md5 is { } md5)
        {
            Span<byte> sum = stackalloc byte[Md5Sum.Length];
            md5.Write(sum);
            writer.Raw(sum);
        }

        writer.Number((int)facts.Program);
        writer.Flag(facts.Elf is not null);
        if (facts.Elf is { } elf)
        {
            ElfFactsFormat.Write(writer, elf);
        }

        writer.Flag(facts.Licences is not null);
        if (facts.Licences is { } licences)
        {
            writer.List(licences, (w, text) => w.Text(text));
        }

        writer.Text(facts.Interpreter);
        writer.Number((int)facts.Mark);
        writer.List(facts.Secrets, WriteHit);
        writer.Flag(facts.Content is not null);
        if (facts.Content is { } content)
        {
            writer.Bytes(content.Span);
        }
    }

    /// <summary>Reads facts.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static ContentFacts Read(FactsReader reader) => new()
    {
        Digest = Digest.FromSha256(reader.Raw(SHA256.HashSizeInBytes).Span),
        Md5 = reader.Flag() ? new Md5Sum(reader.Raw(Md5Sum.Length).Span) : null,
        Program = reader.Choice<ProgramKind>(),
        Elf = reader.Flag() ? reader.Texts.Of(ElfFactsFormat.Read(reader)) : null,
        Licences = reader.Flag() ? reader.List(LicencePart.MaximumLicences, r => r.Text()) : null,
        Interpreter = reader.Text(),
        Mark = reader.Choice<ContentMark>(),
        Secrets = reader.List(SecretsPart.MaximumHits, ReadHit),
        Content = reader.Flag() ? reader.Bytes(2 * KeptPaths.MaximumDatabase) : default(ReadOnlyMemory<byte>?),
    };

    private static void WriteHit(FactsWriter writer, SecretHit hit)
    {
        writer.Text(hit.Kind);
        writer.Text(hit.Masked);
        writer.Number(hit.Line);
        writer.Number(hit.Severity is { } severity ? (int)severity + 1 : 0);
    }

    private static SecretHit ReadHit(FactsReader reader)
        => new(reader.Text(), reader.Text(), (int)reader.Number(int.MaxValue), reader.Number((long)Severity.Critical + 1) is var severity and > 0 ? (Severity)(severity - 1) : null);
}
