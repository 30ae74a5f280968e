namespace BaseImage.Engine.Building.Synthesis;

/// <summary>What bash's postinst does beside its alternative: it is /bin/sh where no other package has one.</summary>
internal static class BashScript
{
    /// <summary>Does it, where the package is in the image.</summary>
    public static void Run(ImageTree tree)
    {
        if (tree.Package("bash") is not null && tree.IsFile("bin/bash") && !tree.Exists("bin/sh"))
        {
            tree.AddLink("bin/sh", "bash");
        }
    }
}
