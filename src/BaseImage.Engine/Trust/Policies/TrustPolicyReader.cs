using System.Text.RegularExpressions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Policies;

/// <summary>
/// Reads Notation's trust policies for images and picks the statement for one. A key that it does not know is refused, since
/// a rule that is not understood cannot be kept. Source: Notary Project trust store and trust policy specification.
/// </summary>
internal static partial class TrustPolicyReader
{
    private const int MaxBytes = 4 << 20;
    private static readonly JsonLimits Json = new() { MaxBytes = MaxBytes, MaxDepth = 8, MaxValues = 100_000 };

    /// <summary>Reads a trust policy from a file.</summary>
    /// <exception cref="TrustPolicyInvalidException">It breaks a rule.</exception>
    /// <exception cref="TrustPolicyNotFoundException">There is none.</exception>
    internal static async Task<IReadOnlyList<TrustStatement>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            // Whoever may write a link's target is not whoever may write the policy.
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw Directory.Exists(path) ? new TrustPolicyInvalidException(path, "is a folder") : new TrustPolicyNotFoundException(path);
            }

            if (file.LinkTarget is not null || file.Length > MaxBytes)
            {
                throw new TrustPolicyInvalidException(path, file.LinkTarget is not null ? "is a link, which trust policies must not be" : "is far larger than trust policies are");
            }

            return Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustPolicyInvalidException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a trust policy from its bytes.</summary>
    /// <exception cref="TrustPolicyInvalidException">It breaks a rule.</exception>
    internal static IReadOnlyList<TrustStatement> Read(ReadOnlyMemory<byte> bytes, string path)
    {
        try
        {
            JsonFields root = new(StrictJson.ParseObject(bytes, path, Json), path);
            Known(root, "version", "trustPolicies");
            if (root.RequiredText("version") != "1.0")
            {
                throw root.Problem($"version '{root.Text("version")}' is not supported; only 1.0 is");
            }

            TrustStatement[] statements = [.. root.Objects("trustPolicies").Select(Statement)];
            CheckTogether(root, statements);
            return statements;
        }
        catch (ImageDocumentInvalidException e)
        {
            throw new TrustPolicyInvalidException(path, e.Problem, e);
        }
        catch (JsonInvalidException e)
        {
            throw new TrustPolicyInvalidException($"{path}:{e.Line}:{e.Column}", e.Problem.TrimEnd('.'), e);
        }
    }

    /// <summary>The statement for a repository; null where none is. An exact one goes before <c>*</c>.</summary>
    /// <param name="statements">The policy.</param>
    /// <param name="scope">The repository, as <c>host/name</c>; null for an image of none, which only <c>*</c> is for.</param>
    internal static TrustStatement? For(IReadOnlyList<TrustStatement> statements, string? scope)
        => statements.FirstOrDefault(statement => scope is not null && statement.Scopes.Contains(scope, StringComparer.Ordinal))
            ?? statements.FirstOrDefault(statement => statement.Scopes.Contains("*", StringComparer.Ordinal));

    /// <summary>True of a name that a scope may have: a host and a repository, no tag, no digest.</summary>
    internal static bool IsScope(string scope)
    {
        int slash = scope.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Host().IsMatch(scope[..slash]) && Repository().IsMatch(scope[(slash + 1)..]);
    }

    private static TrustStatement Statement(JsonFields fields)
    {
        Known(fields, "name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities");
        string name = fields.RequiredText("name");
        JsonFields verification = fields.RequiredObject("signatureVerification");
        Known(verification, "level", "override", "verifyTimestamp");
        string level = verification.RequiredText("level");
        SortedDictionary<TrustCheck, TrustAction> actions = new((TrustLevels.Of(level) ?? throw fields.Problem($"'{name}' has the level '{level}'; there are strict, permissive, audit and skip")).ToDictionary());
        foreach ((string check, string action) in verification.Map("override"))
        {
            Override(fields, name, level, actions, check, action);
        }

        string timestamp = verification.Text("verifyTimestamp");
        if (timestamp is not ("" or "always" or "afterCertExpiry"))
        {
            throw fields.Problem($"'{name}' has the verifyTimestamp '{timestamp}'; there are always and afterCertExpiry");
        }

        IReadOnlyList<string> stores = fields.OptionalTexts("trustStores") ?? [], identities = fields.OptionalTexts("trustedIdentities") ?? [];
        if (level == "skip" ? stores.Count + identities.Count > 0 : stores.Count == 0 || identities.Count == 0)
        {
            throw fields.Problem(level == "skip" ? $"'{name}' skips verification and names trust stores or identities all the same" : $"'{name}' needs trustStores and trustedIdentities");
        }

        return new TrustStatement
        {
            Name = name,
            Scopes = Scopes(fields, name),
            Level = level,
            Actions = actions,
            IsTimestampForExpiredOnly = timestamp == "afterCertExpiry",
            Stores = [.. stores.Select(store => Store(fields, name, store))],
            Identities = Identities(fields, name, identities),
        };
    }

    private static void Override(JsonFields fields, string name, string level, SortedDictionary<TrustCheck, TrustAction> actions, string check, string action)
    {
        if (level == "skip")
        {
            throw fields.Problem($"'{name}' overrides the level skip, which cannot be overridden");
        }

        TrustCheck target = check switch
        {
            "authenticity" => TrustCheck.Authenticity,
            "authenticTimestamp" => TrustCheck.AuthenticTimestamp,
            "expiry" => TrustCheck.Expiry,
            "revocation" => TrustCheck.Revocation,
            _ => throw fields.Problem($"'{name}' overrides '{check}'; authenticity, authenticTimestamp, expiry and revocation can be"),
        };
        actions[target] = action switch
        {
            "enforce" => TrustAction.Enforce,
            "log" => TrustAction.Log,
            "skip" when target is TrustCheck.Revocation => TrustAction.Skip,
            _ => throw fields.Problem($"'{name}' overrides {check} with '{action}'; there are enforce and log, and skip for revocation alone"),
        };
    }

    private static IReadOnlyList<string> Scopes(JsonFields fields, string name)
    {
        IReadOnlyList<string> scopes = fields.OptionalTexts("registryScopes") ?? [];
        return scopes.Count == 0 ? throw fields.Problem($"'{name}' has no registryScopes")
            : scopes.Count > 1 && scopes.Contains("*") ? throw fields.Problem($"'{name}' has the scope '*' beside others")
            : scopes.FirstOrDefault(scope => scope != "*" && !IsScope(scope)) is { } wrong ? throw fields.Problem($"'{name}' has the scope '{wrong}', which is not a repository as host/name without tag and wildcard")
            : scopes;
    }

    private static (string Kind, string Name) Store(JsonFields fields, string name, string store)
    {
        int colon = store.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? "" : store[..colon], folder = store[(colon + 1)..];
        return kind is not ("ca" or "signingAuthority" or "tsa") ? throw fields.Problem($"'{name}' has the trust store '{store}'; there are ca:NAME, signingAuthority:NAME and tsa:NAME")
            : !StoreName().IsMatch(folder) || folder is "." or ".." ? throw fields.Problem($"'{name}' has a trust store with the name '{folder}', which has other characters than letters, digits, '_', '.' and '-'")
            : (kind, folder);
    }

    private static IReadOnlyDictionary<string, string>[]? Identities(JsonFields fields, string name, IReadOnlyList<string> identities)
    {
        if (identities.Contains("*"))
        {
            return identities.Count == 1 ? null : throw fields.Problem($"'{name}' has the identity '*' beside others");
        }

        const string Prefix = "x509.subject:";
        List<(string Text, IReadOnlyDictionary<string, string> Subject)> parsed = [];
        foreach (string identity in identities)
        {
            if (!identity.StartsWith(Prefix, StringComparison.Ordinal))
            {
                throw fields.Problem($"'{name}' has the identity '{identity}'; there are '*' and 'x509.subject: C=…, ST=…, O=…'");
            }

            try
            {
                parsed.Add((identity, SubjectName.Parse(identity[Prefix.Length..])));
            }
            catch (FormatException e)
            {
                throw fields.Problem($"'{name}' has the identity '{identity}': {e.Message}");
            }
        }

        foreach ((string text, IReadOnlyDictionary<string, string> subject) in parsed)
        {
            if (parsed.Find(other => !ReferenceEquals(other.Subject, subject) && SubjectName.IsPartOf(subject, other.Subject)) is { Text: { } other })
            {
                throw fields.Problem($"'{name}' has the identities '{text}' and '{other}', which overlap");
            }
        }

        return [.. parsed.Select(pair => pair.Subject)];
    }

    private static void CheckTogether(JsonFields root, TrustStatement[] statements)
    {
        if (statements.Length == 0)
        {
            throw root.Problem("it has no statement");
        }

        if (statements.GroupBy(statement => statement.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } name)
        {
            throw root.Problem($"two statements have the name '{name.Key}'");
        }

        if (statements.SelectMany(statement => statement.Scopes).GroupBy(scope => scope, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } scope)
        {
            throw root.Problem($"the scope '{scope.Key}' is named twice");
        }

        if (Array.Find(statements, statement => statement.IsSkip && statement.Scopes.Contains("*", StringComparer.Ordinal)) is { } skip)
        {
            throw root.Problem($"'{skip.Name}' would skip verification of every image; skip needs scopes");
        }
    }

    private static void Known(JsonFields fields, params string[] keys)
    {
        if (fields.Value.Properties().FirstOrDefault(property => !keys.Contains(property.Name, StringComparer.Ordinal)) is { } unknown)
        {
            throw fields.Problem($"'{fields.At}{unknown.Name}' is not a key of trust policies; there are {string.Join(", ", keys)}");
        }
    }

    [GeneratedRegex(@"\A(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[a-zA-Z0-9_.-]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex StoreName();
}
