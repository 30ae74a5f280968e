namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>A key or token that was found. It never holds the secret itself.</summary>
/// <param name="Kind">What it is, in words.</param>
/// <param name="Masked">Its form and length, for instance <c>ghp_… (40 characters)</c>.</param>
/// <param name="Line">Its line, from 1; 0 where lines mean nothing.</param>
/// <param name="Severity">Less than the rule's own; null for the rule's own.</param>
internal sealed record SecretHit(string Kind, string Masked, int Line, Severity? Severity);

/// <summary>A key or token in a file of a layer.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Layer">The layer, counted from 0.</param>
/// <param name="Hit">What was found.</param>
internal sealed record FileSecret(string Path, int Layer, SecretHit Hit);
