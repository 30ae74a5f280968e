namespace BaseImage.Engine.Tests.Auditing;

/// <summary>Says of a test that rules fire in it: <c>[Fires("BI2010")]</c>. A rule without one fails <see cref="RuleListTests"/>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class FiresAttribute(params string[] rules) : Attribute
{
    /// <summary>The rules' ids.</summary>
    public IReadOnlyList<string> Rules { get; } = rules;
}

/// <summary>Says of a test that rules look at something innocent in it and stay quiet: <c>[Quiet("BI2010")]</c>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QuietAttribute(params string[] rules) : Attribute
{
    /// <summary>The rules' ids.</summary>
    public IReadOnlyList<string> Rules { get; } = rules;
}
