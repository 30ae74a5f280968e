namespace BaseImage.Engine.Packages;

/// <summary>Where a package record comes from.</summary>
/// <param name="Archive">The archive's id.</param>
/// <param name="Suite">The suite, as the definition names it.</param>
/// <param name="Component">The component.</param>
/// <param name="Order">Its place among the definition's archives and suites; of equal versions the lowest wins.</param>
/// <param name="IsSecurity">True for an archive of security updates.</param>
internal sealed record IndexOrigin(string Archive, string Suite, string Component, int Order, bool IsSecurity)
{
    /// <summary>No index at all.</summary>
    public static IndexOrigin None { get; } = new("", "", "", int.MaxValue, false);

    /// <summary>The image that is built on.</summary>
    public static IndexOrigin BaseImage { get; } = new("", "base image", "", int.MaxValue, false);

    /// <summary>Archive, suite and component, for messages.</summary>
    public override string ToString() => $"{Archive} {Suite}/{Component}";
}
