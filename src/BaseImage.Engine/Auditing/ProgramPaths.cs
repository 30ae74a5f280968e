namespace BaseImage.Engine.Auditing;

/// <summary>Where programs are looked for.</summary>
internal static class ProgramPaths
{
    /// <summary>True for a file directly in a directory named bin, sbin or libexec, or in the root directory.</summary>
    public static bool IsLookedFor(string path)
    {
        int slash = path.LastIndexOf('/');
        string folder = slash <= 0 ? "" : path[(path.LastIndexOf('/', slash - 1) + 1)..slash];
        return folder is "" or "bin" or "sbin" or "libexec";
    }
}
