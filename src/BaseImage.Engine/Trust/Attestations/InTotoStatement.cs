using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>What a statement is about.</summary>
/// <param name="Name">What it is called; empty for unnamed.</param>
/// <param name="Digests">Algorithm and hexadecimal digits, at least one.</param>
internal sealed record StatementSubject(string Name, IReadOnlyDictionary<string, string> Digests);

/// <summary>
/// A statement: what it is about, what kind of thing it states, and what. Source: in-toto Attestation Framework 1.0,
/// "Statement layer specification v1" (and v0.1, which has the same fields): <c>_type</c>, at least one subject with a digest, a predicate type that is a URI, and an
/// object. Further fields are passed over, as the specification asks.
/// </summary>
/// <param name="Subjects">What it is about.</param>
/// <param name="PredicateType">What kind of thing it states.</param>
/// <param name="Predicate">What it states.</param>
internal sealed record InTotoStatement(IReadOnlyList<StatementSubject> Subjects, string PredicateType, JObject Predicate)
{
    /// <summary>The most bytes of a statement: what fits into an envelope, Base64 and all.</summary>
    internal const int MaxBytes = 47 << 20;

    private const int MaxSubjects = 10_000;

    private static readonly JsonLimits Limits = new() { MaxBytes = MaxBytes, MaxDepth = 64, MaxValues = 5_000_000 };

    /// <summary>A statement about one manifest or index.</summary>
    internal static InTotoStatement Of(Digest subject, string name, string predicateType, JObject predicate)
        => new([new StatementSubject(name, new Dictionary<string, string>(StringComparer.Ordinal) { [subject.Algorithm] = subject.Hex })], predicateType, predicate);

    /// <summary>Reads a statement.</summary>
    /// <param name="bytes">The payload of an envelope that was verified, or is about to be.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="StatementInvalidException">It is none.</exception>
    internal static InTotoStatement Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            JsonFields root = new(StrictJson.ParseObject(bytes, name, Limits), name);
            if (root.RequiredText("_type") is var type && !CosignNames.IsStatement(type))
            {
                throw new StatementInvalidException(name, $"it is of the type '{Inspection.Languages.PackageText.Line(type)}', and only {CosignNames.Statement} is read");
            }

            IReadOnlyList<JsonFields> subjects = root.Objects("subject");
            if (subjects.Count is 0 or > MaxSubjects)
            {
                throw new StatementInvalidException(name, subjects.Count == 0 ? "it is about nothing" : $"it is about more than {MaxSubjects} subjects");
            }

            string predicateType = root.RequiredText("predicateType");
            return !PredicateTypes.IsUri(predicateType)
                ? throw new StatementInvalidException(name, "its predicateType is no URI")
                : new InTotoStatement([.. subjects.Select(subject => new StatementSubject(subject.Text("name"), Digests(subject, name)))], predicateType, root.RequiredObject("predicate").Value);
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException)
        {
            throw new StatementInvalidException(name, Inspection.Languages.PackageText.Line(e is ImageDocumentInvalidException document ? document.Problem : ((JsonInvalidException)e).Problem).TrimEnd('.'), e);
        }
    }

    /// <summary>True where it is about a manifest or index: of a digest of the same algorithm, to the letter.</summary>
    internal bool IsAbout(Digest digest) => Subjects.Any(subject => subject.Digests.TryGetValue(digest.Algorithm, out string? hex) && hex == digest.Hex);

    /// <summary>The statement as canonical JSON.</summary>
    internal byte[] Write() => CanonicalJson.WriteCompact(new JObject
    {
        ["_type"] = CosignNames.Statement,
        ["subject"] = new JArray(Subjects.Select(subject =>
        {
            JObject one = new() { ["digest"] = new JObject(subject.Digests.Select(pair => new JProperty(pair.Key, pair.Value))) };
            if (subject.Name.Length > 0)
            {
                one["name"] = subject.Name;
            }

            return one;
        })),
        ["predicateType"] = PredicateType,
        ["predicate"] = Predicate,
    });

    private static IReadOnlyDictionary<string, string> Digests(JsonFields subject, string name)
    {
        IReadOnlyDictionary<string, string> digests = subject.Map("digest");
        return digests.Count > 0 && digests.Values.All(hex => hex.Length > 0) ? digests : throw new StatementInvalidException(name, "a subject has no digest");
    }
}
