namespace BaseImage.Engine.Images.Engines;

/// <summary>What an engine or a setting says, made fit for a message: one line, no control characters, not long.</summary>
internal static class EngineText
{
    private const int Most = 500;

    /// <summary>The text, shortened and without control characters.</summary>
    internal static string Safe(string text)
    {
        string line = new([.. text.Take(Most).Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Trim() + (text.Length > Most ? "…" : "");
    }
}
