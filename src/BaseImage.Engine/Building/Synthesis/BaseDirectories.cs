namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// The directories that programs expect in any root (Filesystem Hierarchy Standard 3.0), with base-files' own modes.
/// Where base-files is in the image, its directories are there already and stay as they are.
/// </summary>
internal static class BaseDirectories
{
    /// <summary>Adds what is missing.</summary>
    public static void Add(ImageTree tree)
    {
        foreach (string path in new[] { "dev", "etc", "home", "proc", "run", "sys", "usr/bin", "usr/lib", "usr/sbin", "var/lib" })
        {
            tree.AddDirectory(path);
        }

        if (tree.Exists("lib64"))
        {
            tree.AddDirectory("usr/lib64");
        }

        tree.AddDirectory("root", Modes.Rwx______);
        tree.AddDirectory("run/lock", Modes.Sticky);
        tree.AddDirectory("tmp", Modes.Sticky);
        tree.AddDirectory("var/tmp", Modes.Sticky);
    }
}
